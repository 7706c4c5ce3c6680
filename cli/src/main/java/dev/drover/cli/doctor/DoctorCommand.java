package dev.drover.cli.doctor;

import dev.drover.cli.console.Console;
import dev.drover.cli.console.ExitCode;
import dev.drover.cli.console.StopException;
import dev.drover.cli.engine.SiteChoice;
import dev.drover.cli.inspect.JsonText;
import dev.drover.executor.WorkersOfSite;
import dev.drover.pinning.Accelerator;
import dev.drover.pinning.CpuSet;
import dev.drover.site.InvalidSiteException;
import dev.drover.site.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code drover doctor}: this node, and the places that a site gives to workers on it. */
@Command(
    name = "doctor",
    sortOptions = false,
    description = {
      "Show which cpus and accelerators a site gives to workers on this node.",
      "",
      "Run it on a node of the kind that the site is for, such as in an interactive job: what counts is "
          + "what this process may use. Nothing is started; each mask is tried on a thread that ends.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 managers of the site would start here; 2 they would not, or the site is wrong.",
      "",
      "Examples:",
      "  drover doctor",
      "  drover doctor --site mysite.properties --set worker.cpu-affinity=topology",
      "  srun --nodes=1 drover doctor --site mysite.properties --json"
    })
public final class DoctorCommand implements Callable<Integer> {
  private static final double GIB = 1L << 30;

  private final Console console;
  private final Supplier<ThisNode> node;

  @Option(
      names = "--site",
      paramLabel = "NAME|FILE",
      order = 1,
      description = "The machine (default: this one).")
  private String site;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      order = 2,
      description = "Override one key of the site; repeatable.")
  private Map<String, String> settings = new TreeMap<>();

  @Option(names = "--json", order = 3, description = "The same as one JSON object.")
  private boolean json;

  /** A command that reads its options from picocli. */
  public DoctorCommand(Console console) {
    this(console, ThisNode::real);
  }

  DoctorCommand(Console console, Supplier<ThisNode> node) {
    this.console = console;
    this.node = node;
  }

  @Override
  public Integer call() {
    Site read = read();
    NodeReport report;
    try {
      report = NodeReport.of(node.get(), WorkersOfSite.of(read));
    } catch (IllegalArgumentException e) {
      throw StopException.usage("site '" + read.name() + "' on this node: " + e.getMessage());
    }
    if (json) {
      console.out().println(object(read, report));
    } else {
      print(read, report);
    }
    return ExitCode.DONE.status();
  }

  private Site read() {
    try {
      return SiteChoice.read(Optional.ofNullable(site), settings, Optional.empty());
    } catch (InvalidSiteException e) {
      throw StopException.usage(e.getMessage());
    }
  }

  private void print(Site read, NodeReport report) {
    console
        .out()
        .printf(
            Locale.ROOT,
            "node %s: %d cpus (%s) on %d cores, %.1f GiB of memory%n",
            report.capacity().hostname(),
            report.capacity().cpus().size(),
            report.capacity().cpus(),
            report.topology().cores().size(),
            report.capacity().memoryBytes() / GIB);
    for (Map.Entry<Integer, CpuSet> numa : report.numaNodes().entrySet()) {
      List<String> devices = new ArrayList<>();
      for (int i = 0; i < report.accelerators().size(); i++) {
        if (report.accelerators().get(i).numaNode() == numa.getKey()) {
          devices.add(Integer.toString(i));
        }
      }
      console
          .out()
          .printf(
              "  NUMA node %d: cpus %s%s%n",
              numa.getKey(),
              numa.getValue(),
              devices.isEmpty() ? "" : ", accelerators " + String.join(" ", devices));
    }
    console
        .out()
        .printf(
            "site %s: %d workers, bound by %s; cpu affinity %s%n",
            read.name(),
            report.count().workers(),
            report.count().boundBy(),
            report.places().policy().kind().word());
    table(rows(report)).forEach(console.out()::println);
    for (String warning : report.warnings()) {
      console.err().println("drover: warning: " + warning);
    }
  }

  private static List<List<String>> rows(NodeReport report) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("worker", "cpus", "NUMA", "accelerators"));
    for (int rank = 0; rank < report.count().workers(); rank++) {
      String cuda = report.places().cudaOf(rank);
      String entry = report.places().acceleratorsOf(rank);
      rows.add(
          List.of(
              Integer.toString(rank),
              report.cpusOf(rank) + (report.places().policy().pins() ? "" : " (not pinned)"),
              report.numaNodesOf(rank).stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(",")),
              entry.isEmpty() ? "-" : entry + (cuda.isEmpty() ? "" : " (CUDA " + cuda + ")")));
    }
    return rows;
  }

  private static List<String> table(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static String object(Site read, NodeReport report) {
    return JsonText.object(
        out -> {
          out.writeStringField("command", "doctor");
          out.writeStringField("host", report.capacity().hostname());
          out.writeStringField("cpus", report.capacity().cpus().toString());
          out.writeNumberField("cores", report.topology().cores().size());
          out.writeNumberField("memory_bytes", report.capacity().memoryBytes());
          out.writeArrayFieldStart("numa_nodes");
          for (Map.Entry<Integer, CpuSet> numa : report.numaNodes().entrySet()) {
            out.writeStartObject();
            out.writeNumberField("node", numa.getKey());
            out.writeStringField("cpus", numa.getValue().toString());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeArrayFieldStart("accelerators");
          for (Accelerator device : report.accelerators()) {
            out.writeStartObject();
            out.writeStringField("vendor", device.vendor().name().toLowerCase(Locale.ROOT));
            out.writeStringField("address", device.address());
            out.writeNumberField("numa_node", device.numaNode());
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeStringField("site", read.name());
          out.writeNumberField("workers", report.count().workers());
          out.writeStringField("bound_by", report.count().boundBy());
          out.writeStringField("cpu_affinity", report.places().policy().toString());
          out.writeArrayFieldStart("places");
          for (int rank = 0; rank < report.count().workers(); rank++) {
            out.writeStartObject();
            out.writeNumberField("worker", rank);
            out.writeStringField("cpus", report.cpusOf(rank).toString());
            out.writeBooleanField("pinned", report.places().policy().pins());
            out.writeStringField("accelerators", report.places().acceleratorsOf(rank));
            out.writeObjectFieldStart("environment");
            for (Map.Entry<String, String> variable :
                report.places().environment(List.of(rank), 0).entrySet()) {
              out.writeStringField(variable.getKey(), variable.getValue());
            }
            out.writeEndObject();
            out.writeEndObject();
          }
          out.writeEndArray();
          out.writeArrayFieldStart("warnings");
          for (String warning : report.warnings()) {
            out.writeString(warning);
          }
          out.writeEndArray();
        });
  }
}
