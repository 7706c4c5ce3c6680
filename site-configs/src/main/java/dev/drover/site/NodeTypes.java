package dev.drover.site;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Types of what lies on a node: its accelerators and cpus. */
final class NodeTypes {
  private NodeTypes() {}

  /**
   * A number n, which names the devices 0 to n-1, or one entry for each worker: names with commas
   * between, or, where a worker has several devices, with semicolons between ({@code 0,1; 2,3}).
   */
  record Accelerators() implements KeyType<List<String>> {
    private static final NumberTypes.WholeNumber COUNT = new NumberTypes.WholeNumber(0, 1024);
    private static final Pattern DIGITS = Pattern.compile("\\d+");

    @Override
    public List<String> parse(String text) {
      if (text.indexOf(';') >= 0) {
        return severalEach(text);
      }
      if (!DIGITS.matcher(text).matches()) {
        return KeyType.LIST.parse(text);
      }
      try {
        return IntStream.range(0, COUNT.parse(text)).mapToObj(Integer::toString).toList();
      } catch (BadValueException outOfRange) {
        throw BadValueException.not(text, this);
      }
    }

    @Override
    public String print(List<String> value) {
      boolean counted = value.equals(parse(Integer.toString(value.size())));
      if (counted && !value.isEmpty()) {
        return Integer.toString(value.size());
      }
      boolean several = value.stream().anyMatch(entry -> entry.indexOf(',') >= 0);
      boolean oneNumber = value.size() == 1 && DIGITS.matcher(value.get(0)).matches();
      if (several || oneNumber) {
        return String.join("; ", value) + (value.size() == 1 ? ";" : "");
      }
      return KeyType.LIST.print(value);
    }

    /** Entries with semicolons; one behind the last is allowed, and tells a single entry apart. */
    private static List<String> severalEach(String text) {
      String entries = text.strip();
      if (entries.endsWith(";")) {
        entries = entries.substring(0, entries.length() - 1);
      }
      var all = new ArrayList<String>();
      for (String entry : entries.split(";", -1)) {
        List<String> devices = KeyType.LIST.parse(entry.strip());
        if (devices.isEmpty()) {
          throw new BadValueException("'" + text + "' has an empty place between its semicolons");
        }
        String joined = String.join(",", devices);
        if (all.contains(joined)) {
          throw new BadValueException("'" + text + "' holds '" + joined + "' twice");
        }
        all.add(joined);
      }
      return List.copyOf(all);
    }

    @Override
    public String allowed() {
      return "a number of devices up to 1024, or a list of their names; with semicolons between"
          + " where a worker has several";
    }
  }

  /**
   * How cpus are given to workers: a word, or {@code list:} and a group of cpus for each worker,
   * with colons between.
   */
  record CpuAffinity() implements KeyType<String> {
    /** The cpus that a kernel of today can number. */
    private static final int MAX_CPUS = 4096;

    private static final String LIST = "list:";
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    @Override
    public String parse(String text) {
      if (!text.startsWith(LIST)) {
        if (!choices().contains(text)) {
          throw BadValueException.not(text, this);
        }
        return text;
      }
      List<String> groups = List.of(text.substring(LIST.length()).split(":", -1));
      for (int i = 0; i < groups.size(); i++) {
        if (cpusOf(groups.get(i)) == null) {
          throw new BadValueException(
              "'%s', the group of worker %d, is not a list of cpus such as 0-3,8 (numbers below %d)"
                  .formatted(groups.get(i), i, MAX_CPUS));
        }
      }
      return text;
    }

    /** The cpus of each worker, of a sound text; empty = it is no list. */
    static List<BitSet> groups(String text) {
      return text.startsWith(LIST)
          ? Stream.of(text.substring(LIST.length()).split(":", -1))
              .map(CpuAffinity::cpusOf)
              .toList()
          : List.of();
    }

    /** Null when it is no list of cpus. */
    static BitSet cpusOf(String group) {
      BitSet cpus = new BitSet();
      for (String part : group.split(",", -1)) {
        Matcher range = RANGE.matcher(part.trim());
        if (!range.matches()) {
          return null;
        }
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        if (last < first || last >= MAX_CPUS) {
          return null;
        }
        cpus.set(first, last + 1);
      }
      return cpus;
    }

    @Override
    public String print(String value) {
      return value;
    }

    @Override
    public String allowed() {
      return "one of " + String.join(", ", choices()) + ", or list: and a group of cpus a worker";
    }

    @Override
    public ValueShape shape() {
      return ValueShape.pattern("^(" + String.join("|", choices()) + ")$|^list:[0-9]");
    }

    @Override
    public List<String> choices() {
      return List.of("none", "block", "block-reverse", "alternating", "topology");
    }
  }

  /** Numbers of cpus and ranges of them, {@code 0-3,8}; they come sorted, none twice. */
  record Cpus() implements KeyType<List<Integer>> {
    @Override
    public List<Integer> parse(String text) {
      if (text.isEmpty()) {
        return List.of();
      }
      BitSet cpus = CpuAffinity.cpusOf(text);
      if (cpus == null) {
        throw BadValueException.not(text, this);
      }
      return cpus.stream().boxed().toList();
    }

    @Override
    public String print(List<Integer> value) {
      var text = new StringBuilder();
      for (int first = 0; first < value.size(); ) {
        int last = first;
        while (last + 1 < value.size() && value.get(last + 1) == value.get(last) + 1) {
          last++;
        }
        text.append(first == 0 ? "" : ",").append(value.get(first));
        text.append(last == first ? "" : "-" + value.get(last));
        first = last + 1;
      }
      return text.toString();
    }

    @Override
    public String allowed() {
      return "a list of cpus such as 0-3,8 (numbers below 4096)";
    }

    @Override
    public ValueShape shape() {
      return ValueShape.pattern("^[0-9, -]*$");
    }
  }
}
