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
  private final List<ReportRow> rows;

  private Report(Path file) throws IOException {
    Map<String, List<Double>> read = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ");
      read.computeIfAbsent(words[1], name -> new ArrayList<>()).add(Double.valueOf(words[2]));
    }
    read.forEach(
        (name, values) ->
            figures.put(name, values.stream().mapToDouble(Double::doubleValue).toArray()));
    rows = ReportRows.of(figures);
  }

  public static void main(String[] arguments) throws IOException {
    Report report = new Report(Path.of(arguments[0]));
    List<String> facts = report.facts(arguments[3], arguments[4]);
    facts.addAll(Files.readAllLines(Path.of(arguments[1])));
    String markdown = report.markdown(facts);
    System.out.write(markdown.getBytes(StandardCharsets.UTF_8)); // whatever the locale
    System.out.flush();
    Files.writeString(Path.of(arguments[2] + ".md"), markdown);
    report.writeJson(Path.of(arguments[2] + ".json"), facts);
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
    for (ReportRow row : rows) {
      cells.add(
          new String[] {
            row.what(),
            Figures.text(row.value()) + " " + row.unit(),
            row.peer(),
            row.hasPeer() ? Figures.text(row.peerValue()) + " " + row.unit() : "",
            row.hasPeer() ? Figures.text(row.ratio()) + " ×" : "",
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
      for (ReportRow row : rows) {
        json.writeStartObject();
        json.writeStringField("what", row.what());
        json.writeStringField("unit", row.unit());
        json.writeNumberField("value", row.value());
        if (row.hasPeer()) {
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
}
