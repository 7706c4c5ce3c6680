package dev.drover.manager;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Tells command lines that a shell would only split at blanks and start: those are started without
 * a shell, which costs more than most short commands (as GNU make does). Whatever could mean more
 * to bash goes to bash.
 */
final class CommandLine {
  /** Reserved words and builtins, whose meaning is bash's own even where a program has the name. */
  private static final Set<String> SHELL_WORDS =
      Set.of(
          ". : [ [[ alias bg bind break builtin caller case cd command compgen complete compopt continue coproc declare dirs disown do done echo elif else enable esac eval exec exit export false fc fg fi for function getopts hash help history if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return select set shift shopt source suspend test then time times trap true type typeset ulimit umask unalias unset until wait while"
              .split(" "));

  private CommandLine() {}

  /** The words of a line that needs no shell; empty = give it to bash. */
  static Optional<List<String>> words(String line) {
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= line.length(); i++) {
      char c = i == line.length() ? ' ' : line.charAt(i);
      if (c == ' ' || c == '\t') {
        if (start >= 0) {
          words.add(line.substring(start, i));
          start = -1;
        }
      } else if (isPlain(c)) {
        start = start < 0 ? i : start;
      } else {
        return Optional.empty();
      }
    }
    if (words.isEmpty() || SHELL_WORDS.contains(words.get(0)) || words.get(0).indexOf('=') >= 0) {
      return Optional.empty();
    }
    return Optional.of(words);
  }

  /** A character that bash takes as it is, anywhere in a word. */
  private static boolean isPlain(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || "_-./,:=@%+".indexOf(c) >= 0;
  }
}
