package dev.drover.benchmark;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the table out of the figures: the median of what each was measured as, its ratio to a
 * peer's, and whether the target is met.
 *
 * <pre>Report FIGURES NOTES OUTPUT full|quick LOAD</pre>
 */
public final class Report {
  private final Map<String, double[]> figures = new TreeMap<>();
  private final List<Row> rows = new ArrayList<>();

  /** What a row must reach: its own value, or its ratio to the peer's. */
  private enum Kind {
    NONE,
    VALUE_AT_MOST,
    VALUE_AT_LEAST,
    RATIO_AT_MOST,
    RATIO_AT_LEAST
  }

  private record Target(Kind kind, double bound) {
    static final Target NONE = new Target(Kind.NONE, 0);

    boolean isRatio() {
      return kind == Kind.RATIO_AT_MOST || kind == Kind.RATIO_AT_LEAST;
    }

    String text(String unit) {
      String sign = kind == Kind.VALUE_AT_MOST || kind == Kind.RATIO_AT_MOST ? "≤ " : "≥ ";
      return kind == Kind.NONE ? "" : sign + number(bound) + (isRatio() ? " ×" : " " + unit);
    }

    boolean met(double value, double ratio) {
      return switch (kind) {
        case NONE -> true;
        case VALUE_AT_MOST -> value <= bound;
        case VALUE_AT_LEAST -> value >= bound;
        case RATIO_AT_MOST -> ratio <= bound;
        case RATIO_AT_LEAST -> ratio >= bound;
      };
    }
  }

  private record Row(
      String what, String unit, double value, String peer, double peerValue, Target target) {
    double ratio() {
      return value / peerValue;
    }

    String verdict() {
      if (target.kind() == Kind.NONE) {
        return "";
      }
      if (target.isRatio() && Double.isNaN(peerValue)) {
        return "no peer";
      }
      return target.met(value, ratio()) ? "met" : "SHORT";
    }
  }

  private Report(Path file) throws IOException {
    Map<String, List<Double>> read = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ");
      read.computeIfAbsent(words[1], name -> new ArrayList<>()).add(Double.valueOf(words[2]));
    }
    read.forEach(
        (name, values) ->
            figures.put(name, values.stream().mapToDouble(Double::doubleValue).toArray()));
  }

  public static void main(String[] arguments) throws IOException {
    Report report = new Report(Path.of(arguments[0]));
    report.fill();
    List<String> facts = report.facts(arguments[3], arguments[4]);
    facts.addAll(Files.readAllLines(Path.of(arguments[1])));
    String markdown = report.markdown(facts);
    System.out.write(markdown.getBytes(StandardCharsets.UTF_8)); // whatever the locale
    System.out.flush();
    Files.writeString(Path.of(arguments[2] + ".md"), markdown);
    report.writeJson(Path.of(arguments[2] + ".json"), facts);
  }

  private static Target atLeast(double value) {
    return new Target(Kind.VALUE_AT_LEAST, value);
  }

  private static Target atMost(double value) {
    return new Target(Kind.VALUE_AT_MOST, value);
  }

  private static Target times(double ratio) {
    return new Target(Kind.RATIO_AT_LEAST, ratio);
  }

  private static Target timesAtMost(double ratio) {
    return new Target(Kind.RATIO_AT_MOST, ratio);
  }

  private void fill() {
    String rate = "/s";
    row(
        "no-op function, clear",
        rate,
        "noop.clear",
        "Parsl HTEX, clear",
        "parsl.noop.clear",
        times(40));
    row(
        "no-op function, encrypted",
        rate,
        "noop.encrypted",
        "Drover, clear",
        "noop.clear",
        times(0.6));
    row(
        "no-op function, encrypted",
        rate,
        "noop.encrypted",
        "Parsl HTEX, encrypted",
        "parsl.noop.encrypted",
        Target.NONE);
    row(
        "no-op function, clear",
        rate,
        "noop.clear",
        "executorlib, block allocation",
        "executorlib.noop",
        Target.NONE);
    row("one at a time, median", "ms", "roundtrip.median", "", "", atMost(0.3));
    row(
        "one at a time, median",
        "ms",
        "roundtrip.median",
        "Parsl HTEX",
        "parsl.roundtrip.median",
        timesAtMost(1 / 3.0));
    row(
        "one at a time, p95",
        "ms",
        "roundtrip.p95",
        "Parsl HTEX",
        "parsl.roundtrip.p95",
        Target.NONE);
    row(
        "one at a time, p99",
        "ms",
        "roundtrip.p99",
        "Parsl HTEX",
        "parsl.roundtrip.p99",
        Target.NONE);
    row(
        "`/bin/true` as an argv",
        rate,
        "shell.argv",
        "C posix_spawn, 2 at once",
        "spawn.true",
        times(0.6));
    row("`/bin/true` as an argv", rate, "shell.argv", "Parsl bash app", "parsl.bash", times(3));
    row("`/bin/true` as an argv", rate, "shell.argv", "xargs -P2", "xargs", Target.NONE);
    row(
        "`/bin/true` as a line",
        rate,
        "shell.line",
        "C posix_spawn, 2 at once",
        "spawn.true",
        times(0.6));
    row(
        "`/bin/true` as a line",
        rate,
        "shell.line",
        "the same of `bash -c`",
        "spawn.bash",
        Target.NONE);
    row("`/bin/true` as a line", rate, "shell.line", "Parsl bash app", "parsl.bash", times(3));
    row("`/bin/true` as a line", rate, "shell.line", "GNU parallel -j2", "parallel", Target.NONE);
    row("`./drover run`, start to exit", "s", "start.drover", "", "", atMost(1.5));
    row(
        "`./drover run`, start to exit",
        "s",
        "start.drover",
        "Parsl, start to first result",
        "parsl.start",
        Target.NONE);
    row("array of 1,000,000: peak heap", "MB", "array.peak-heap-mb", "", "", atMost(512));
    row("array: last 100,000", rate, "array.rate.10", "first 100,000", "array.rate.1", times(0.8));
    row("array: all of it", rate, "array.rate", "", "", Target.NONE);
    String many = number(median("managers.many.count")) + " managers × 64 slots";
    row(many, rate, "managers.many.rate", "4 managers × 64 slots", "managers.few.rate", times(0.8));
    row(
        many + ": interchange's CPU",
        "µs/task",
        "managers.many.cpu-micros-per-task",
        "4 managers",
        "managers.few.cpu-micros-per-task",
        Target.NONE);
    row(
        many + ": heartbeats",
        "% of a core",
        "managers.many.idle-core-percent",
        "",
        "",
        atMost(10));
    row(
        many + ": all joined after",
        "s",
        "managers.many.join-seconds",
        "4 managers",
        "managers.few.join-seconds",
        Target.NONE);
    row("1 MiB argument, encrypted", "MB/s", "payload.encrypted", "", "", atLeast(500));
    row(
        "1 MiB argument, encrypted",
        "MB/s",
        "payload.encrypted",
        "Parsl HTEX, encrypted",
        "parsl.payload",
        Target.NONE);
    row("1 MiB argument, clear", "MB/s", "payload.clear", "", "", Target.NONE);
    for (int blocks : new int[] {1, 10, 100}) {
      row(
          "scheduler commands, running blocks: " + blocks,
          "a minute",
          "blocks.commands." + blocks,
          blocks == 1 ? "" : "1 block",
          blocks == 1 ? "" : "blocks.commands.1",
          Target.NONE);
    }
    row("a job's start to its first task's", "s", "blocks.job-to-task", "", "", Target.NONE);
    row(
        "a block's death to its task's next start",
        "s",
        "blocks.death-to-task",
        "",
        "",
        Target.NONE);
    for (String name : figures.keySet()) {
      if (name.startsWith("part.")) {
        row(name.substring(5), "ns", name, "", "", Target.NONE);
      }
    }
  }

  private void row(
      String what, String unit, String figure, String peer, String peerFigure, Target target) {
    boolean peerMissing = !peerFigure.isEmpty() && !figures.containsKey(peerFigure);
    if (figures.containsKey(figure) && !(peerMissing && target.kind() == Kind.NONE)) {
      rows.add(new Row(what, unit, median(figure), peer, median(peerFigure), target));
    }
  }

  private double median(String figure) {
    double[] values = figures.get(figure);
    return values == null ? Double.NaN : Figures.median(values);
  }

  private List<String> facts(String length, String load) throws IOException {
    List<String> facts = new ArrayList<>();
    facts.add("a " + length + " run, load average " + load + " before it");
    facts.add(
        "%s, %d cores, %.1f GiB, Linux %s"
            .formatted(
                procValue("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Double.parseDouble(procValue("/proc/meminfo", "MemTotal").split(" ")[0])
                    / (1 << 20),
                System.getProperty("os.version")));
    facts.add("Java " + Runtime.version());
    return facts;
  }

  private static String procValue(String file, String key) throws IOException {
    for (String line : Files.readAllLines(Path.of(file))) {
      if (line.startsWith(key)) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return "0";
  }

  private String markdown(List<String> facts) {
    List<String[]> cells = new ArrayList<>();
    cells.add(new String[] {"what", "Drover", "beside", "its figure", "ratio", "target", ""});
    for (Row row : rows) {
      boolean hasPeer = !Double.isNaN(row.peerValue());
      cells.add(
          new String[] {
            row.what(),
            number(row.value()) + " " + row.unit(),
            row.peer(),
            hasPeer ? number(row.peerValue()) + " " + row.unit() : "",
            hasPeer ? number(row.ratio()) + " ×" : "",
            row.target().text(row.unit()),
            row.verdict()
          });
    }
    int[] widths = new int[cells.get(0).length];
    for (String[] line : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    facts.forEach(fact -> text.append("- ").append(fact).append('\n'));
    text.append('\n');
    for (int i = 0; i < cells.size(); i++) {
      line(text, cells.get(i), widths);
      if (i == 0) {
        for (int width : widths) {
          text.append("|").append("-".repeat(width + 2));
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }

  private static void line(StringBuilder text, String[] cells, int[] widths) {
    for (int i = 0; i < widths.length; i++) {
      text.append("| ").append(cells[i]).append(" ".repeat(widths[i] - cells[i].length() + 1));
    }
    text.append("|\n");
  }

  private void writeJson(Path file, List<String> facts) throws IOException {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(Files.newBufferedWriter(file))
            .useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeArrayFieldStart("facts");
      for (String fact : facts) {
        json.writeString(fact);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("rows");
      for (Row row : rows) {
        json.writeStartObject();
        json.writeStringField("what", row.what());
        json.writeStringField("unit", row.unit());
        json.writeNumberField("value", row.value());
        if (!Double.isNaN(row.peerValue())) {
          json.writeStringField("peer", row.peer());
          json.writeNumberField("peerValue", row.peerValue());
          json.writeNumberField("ratio", row.ratio());
        }
        json.writeStringField("target", row.target().text(row.unit()));
        json.writeStringField("verdict", row.verdict());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeObjectFieldStart("figures");
      for (Map.Entry<String, double[]> figure : figures.entrySet()) {
        json.writeFieldName(figure.getKey());
        json.writeArray(figure.getValue(), 0, figure.getValue().length);
      }
      json.writeEndObject();
      json.writeEndObject();
    }
  }

  /** Three digits that count, thousands with commas. */
  private static String number(double value) {
    double size = Math.abs(value);
    String pattern = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, pattern, value);
  }
}
