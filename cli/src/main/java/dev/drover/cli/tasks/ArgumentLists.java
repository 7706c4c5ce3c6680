package dev.drover.cli.tasks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The values after a command: {@code ::: a b} in place, {@code :::: FILE} from the lines of files
 * ({@code -} = stdin). Several lists give all combinations, the last one turning fastest; a list
 * marked with {@code +} walks along with the one before it.
 */
final class ArgumentLists {
  private static final Set<String> SEPARATORS = Set.of(":::", ":::+", "::::", "::::+");
  private static final long MOST_TASKS = 100_000_000;

  /** Lists linked with each other; lists of different groups are combined. */
  private final List<List<List<String>>> groups = new ArrayList<>();

  private ArgumentLists() {}

  /** Where the first separator stands; the number of words if there is none. */
  static int firstSeparator(List<String> words) {
    for (int i = 0; i < words.size(); i++) {
      if (SEPARATORS.contains(words.get(i))) {
        return i;
      }
    }
    return words.size();
  }

  /** Reads what follows the command: a separator, its values, the next separator and so on. */
  static ArgumentLists read(List<String> words, InputStream stdin)
      throws IOException, InvalidTasksException {
    ArgumentLists lists = new ArgumentLists();
    int at = 0;
    while (at < words.size()) {
      String separator = words.get(at++);
      int end = at + firstSeparator(words.subList(at, words.size()));
      List<String> values = words.subList(at, end);
      if (separator.startsWith("::::")) {
        if (values.isEmpty()) {
          throw new InvalidTasksException(
              new TaskProblem(separator, "no file", "name one after it, or - for standard input"));
        }
        boolean linked = separator.endsWith("+");
        for (String file : values) {
          lists.add(separator, lines(file, stdin), linked);
        }
      } else {
        lists.add(separator, values, separator.endsWith("+"));
      }
      at = end;
    }
    return lists;
  }

  private static List<String> lines(String file, InputStream stdin)
      throws IOException, InvalidTasksException {
    List<String> values = new ArrayList<>();
    TaskProblems problems = new TaskProblems(file.equals("-") ? "stdin" : file);
    try (LineReader lines =
        new LineReader(
            file.equals("-") ? stdin : Files.newInputStream(TaskSources.readable(file)))) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (!lines.wellFormed()) {
          problems.add(lines.number(), "the line is not valid UTF-8", "save the file as UTF-8");
        }
        values.add(line);
      }
    }
    problems.throwIfAny();
    return values;
  }

  private void add(String separator, List<String> values, boolean linked)
      throws InvalidTasksException {
    if (!linked) {
      groups.add(new ArrayList<>(List.of(values)));
      return;
    }
    if (groups.isEmpty()) {
      throw new InvalidTasksException(
          new TaskProblem(
              separator,
              "no list before it to link with",
              "start with " + separator.replace("+", "")));
    }
    List<List<String>> group = groups.get(groups.size() - 1);
    if (group.get(0).size() != values.size()) {
      throw new InvalidTasksException(
          new TaskProblem(
              separator,
              "links " + values.size() + " values to " + group.get(0).size(),
              "give both lists the same number of values"));
    }
    group.add(values);
  }

  /** Number of values that each task gets. */
  int sources() {
    return groups.stream().mapToInt(List::size).sum();
  }

  /** Number of tasks. */
  long combinations() throws InvalidTasksException {
    long product = 1;
    for (List<List<String>> group : groups) {
      product *= group.get(0).size();
      if (product > MOST_TASKS) {
        throw new InvalidTasksException(
            new TaskProblem(
                ":::", "more than 100 million combinations", "split them over several runs"));
      }
    }
    return product;
  }

  /** The values of the combination at this place, from 0. */
  String[] combination(long place) {
    String[] values = new String[sources()];
    int source = values.length;
    long rest = place;
    for (int g = groups.size() - 1; g >= 0; g--) {
      List<List<String>> group = groups.get(g);
      int size = group.get(0).size();
      int row = (int) (rest % size);
      rest /= size;
      for (int s = group.size() - 1; s >= 0; s--) {
        values[--source] = group.get(s).get(row);
      }
    }
    return values;
  }
}
