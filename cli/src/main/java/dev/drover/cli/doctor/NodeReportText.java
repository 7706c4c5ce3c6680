package dev.drover.cli.doctor;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.cli.console.Columns;
import dev.drover.cli.console.Console;
import dev.drover.pinning.Accelerator;
import dev.drover.pinning.CpuSet;
import dev.drover.pinning.Topology;
import dev.drover.site.Site;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A node report for people, and as the fields of a JSON object. */
record NodeReportText(Site site, NodeReport report) {
  private static final double GIB = 1L << 30;

  void print(Console console) {
    console
        .out()
        .printf(
            Locale.ROOT,
            "node %s: %d cpus (%s) on %d cores, %.1f GiB of memory%s%n",
            report.capacity().hostname(),
            report.capacity().cpus().size(),
            report.capacity().cpus(),
            report.topology().cores().size(),
            report.capacity().memoryBytes() / GIB,
            accelerators());
    Map<Integer, List<Integer>> devices = report.acceleratorsByNode();
    for (Map.Entry<Integer, CpuSet> numa : report.numaNodes().entrySet()) {
      List<Integer> own = devices.remove(numa.getKey());
      console
          .out()
          .printf(
              "  NUMA node %d: cpus %s%s%n",
              numa.getKey(), numa.getValue(), own == null ? "" : ", " + named(own));
    }
    devices.forEach(
        (node, others) ->
            console
                .out()
                .printf(
                    "  %s%s%n",
                    node == Topology.UNKNOWN
                        ? "no NUMA node told: "
                        : "NUMA node " + node + ": no cpus of this process, ",
                    named(others)));
    console
        .out()
        .printf(
            "site %s: %d workers, bound by %s; cpu affinity %s%n",
            site.name(),
            report.count().workers(),
            report.count().boundBy(),
            report.places().policy().kind().word());
    Columns.of(rows()).forEach(console.out()::println);
    for (String warning : report.warnings()) {
      console.err().println("drover: warning: " + warning);
    }
  }

  private String accelerators() {
    int count = report.accelerators().size();
    return count == 0
        ? ""
        : ", %d %s accelerator%s"
            .formatted(count, report.accelerators().get(0).vendor(), count == 1 ? "" : "s");
  }

  private static String named(List<Integer> accelerators) {
    return "accelerators "
        + accelerators.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("worker", "cpus", "NUMA", "accelerators"));
    for (int rank = 0; rank < report.count().workers(); rank++) {
      String cuda = report.places().cudaOf(rank);
      String entry = report.places().acceleratorsOf(rank);
      rows.add(
          List.of(
              Integer.toString(rank),
              report.cpusOf(rank) + (report.isPinned(rank) ? "" : " (not pinned)"),
              report.numaNodesOf(rank).stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining(",")),
              entry.isEmpty() ? "-" : entry + (cuda.isEmpty() ? "" : " (CUDA " + cuda + ")")));
    }
    return rows;
  }

  void write(JsonGenerator out) throws IOException {
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
    out.writeStringField("java", System.getProperty("java.version"));
    out.writeStringField("site", site.name());
    out.writeNumberField("workers", report.count().workers());
    out.writeStringField("bound_by", report.count().boundBy());
    out.writeStringField("cpu_affinity", report.places().policy().toString());
    out.writeArrayFieldStart("places");
    for (int rank = 0; rank < report.count().workers(); rank++) {
      out.writeStartObject();
      out.writeNumberField("worker", rank);
      out.writeStringField("cpus", report.cpusOf(rank).toString());
      out.writeBooleanField("pinned", report.isPinned(rank));
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
  }
}
