package dev.drover.site;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.configuration2.PropertiesConfiguration.PropertiesReader;

/**
 * Turns one file's bytes into entries with their lines; the only class that knows
 * commons-configuration.
 *
 * <p>It uses that library's grammar ({@link PropertiesReader}) and not its {@code
 * PropertiesConfiguration}, which joins duplicate keys in silence, looks up {@code ${file:…}} and
 * takes six times as long to load. Each place where the grammar changes what was written without a
 * word is a problem here.
 */
final class SiteFileParser {
  private final String source;
  private final List<SiteProblem> problems;

  private SiteFileParser(String source, List<SiteProblem> problems) {
    this.source = source;
    this.problems = problems;
  }

  /** The entries of a file in their order; what is wrong with it is added to {@code problems}. */
  static List<Entry> parse(String source, byte[] bytes, List<SiteProblem> problems) {
    var parser = new SiteFileParser(source, problems);
    try {
      return parser.entries(parser.decode(bytes));
    } catch (IOException impossible) {
      throw new UncheckedIOException("reading from memory", impossible);
    }
  }

  private void problem(int line, String key, String problem) {
    problems.add(new SiteProblem(new Origin(source, line), key, problem));
  }

  /** The text up to the first byte that is not UTF-8, without a byte order mark. */
  private String decode(byte[] bytes) {
    var in = ByteBuffer.wrap(bytes);
    var out = CharBuffer.allocate(bytes.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    String text = out.flip().toString();
    if (result.isError()) {
      int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
      problem(
          line,
          "",
          "byte 0x%02X is not UTF-8; save the file as UTF-8 (what follows was not read)"
              .formatted(in.get(in.position())));
      // The broken line would only be blamed a second time.
      text = text.substring(0, text.lastIndexOf('\n') + 1);
    }
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Drops a backslash at the very end, where the library would drop the whole entry. */
  private String withoutDanglingBackslash(String text) {
    String content = text.stripTrailing();
    int lastLine = content.lastIndexOf('\n') + 1;
    boolean comment = content.substring(lastLine).strip().matches("[#!].*");
    if (comment || !endsInOddBackslashes(content)) {
      return text;
    }
    int line = (int) content.lines().count();
    problem(line, "", "the file ends in a backslash that joins nothing; drop it");
    return content.substring(0, content.length() - 1);
  }

  private static boolean endsInOddBackslashes(String content) {
    int at = content.length();
    while (at > 0 && content.charAt(at - 1) == '\\') {
      at--;
    }
    return (content.length() - at) % 2 != 0;
  }

  private List<Entry> entries(String text) throws IOException {
    var entries = new ArrayList<Entry>();
    Map<String, Integer> firstLines = new HashMap<>();
    try (var reader = new LocatingReader(withoutDanglingBackslash(text))) {
      while (reader.nextProperty()) {
        String key = reader.getPropertyName();
        if (reader.getPropertySeparator().isBlank()) {
          problem(reader.startLine, key, "no '=' follows the key; write key = value");
          continue;
        }
        Integer firstLine = firstLines.putIfAbsent(key, reader.startLine);
        if (firstLine != null) {
          problem(reader.startLine, key, "set twice, first on line " + firstLine);
        }
        // A value with a refused escape is left out, or its type would blame it again.
        if (reader.sound) {
          entries.add(
              new Entry(key, reader.getPropertyValue(), new Origin(source, reader.startLine)));
        }
      }
    }
    return entries;
  }

  /** The library's reader, which also knows on which line each entry starts. */
  private final class LocatingReader extends PropertiesReader {
    private static final Pattern ESCAPE = Pattern.compile("\\\\(u[0-9A-Fa-f]{4}|.)");
    private static final Pattern KEY = Pattern.compile("\\s*([a-z-]+\\.[A-Za-z0-9_.-]+)\\s*[=:].*");

    private int startLine;
    private boolean continued;
    private boolean sound;

    LocatingReader(String text) {
      super(new StringReader(text));
    }

    @Override
    public String readLine() throws IOException {
      String line = super.readLine();
      if (line == null) {
        return null;
      }
      String content = line.trim();
      boolean skipped = content.isEmpty() || content.startsWith("#") || content.startsWith("!");
      if (continued) {
        checkContinuation(content, skipped);
      } else {
        startLine = getLineNumber();
      }
      continued = skipped ? continued : endsInOddBackslashes(content);
      return line;
    }

    private void checkContinuation(String content, boolean skipped) {
      Matcher key = KEY.matcher(content);
      boolean swallowed = key.matches() && SiteKeys.find(key.group(1)).isPresent();
      if (skipped || swallowed) {
        String what = swallowed ? key.group(1) : content.isEmpty() ? "blank" : "a comment";
        problem(
            getLineNumber(),
            "",
            "this line, "
                + what
                + ", is joined to the value from line "
                + startLine
                + "; drop the backslash above it, or the line");
      }
    }

    /** Keys hold no escapes; unescaping them would load a class per kind of escape. */
    @Override
    protected String unescapePropertyName(String name) {
      return name;
    }

    @Override
    protected void initPropertySeparator(String separator) {
      super.initPropertySeparator(separator == null ? "" : separator);
    }

    @Override
    protected void initPropertyValue(String value) {
      sound = true;
      Matcher escapes = ESCAPE.matcher(value);
      while (escapes.find()) {
        String refusal = refusal(escapes.group(1));
        if (!refusal.isEmpty()) {
          problem(startLine, getPropertyName(), escapes.group() + " " + refusal);
          sound = false;
        }
      }
      super.initPropertyValue(sound ? value : "");
    }

    private static String refusal(String escape) {
      return switch (escape) {
        case "t", "r", "f", "b" ->
            "would become a control character; write \\\\"
                + escape
                + " for a backslash and "
                + escape;
        case "\"", "'" -> "would lose its backslash; write " + escape + " or \\\\" + escape;
        case "u" -> "needs four hexadecimal digits; write \\\\u for a backslash and u";
        default -> "";
      };
    }
  }
}
