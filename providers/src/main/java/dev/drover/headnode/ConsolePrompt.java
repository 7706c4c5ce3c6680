package dev.drover.headnode;

import java.io.Console;
import java.io.IOException;

/** Asks on the terminal that this process was started from; fails at once where there is none. */
public final class ConsolePrompt implements SecretPrompt {
  @Override
  public String ask(String question, boolean visible) throws IOException {
    Console console = System.console();
    if (console == null || !isTerminal(console)) {
      throw new HeadNodeException(
          "asked for '"
              + question.strip()
              + "', and there is no terminal to ask at"
              + "\n  fix:     load the key into ssh-agent (ssh-add), name an unencrypted key in"
              + " headnode.identity-file, or start it in a terminal");
    }
    if (visible) {
      String line = console.readLine("%s", question);
      return given(line);
    }
    char[] secret = console.readPassword("%s", question);
    return given(secret == null ? null : new String(secret));
  }

  private static String given(String answer) throws IOException {
    if (answer == null) {
      throw new HeadNodeException("no answer was given\n  fix:     start it again and answer");
    }
    return answer;
  }

  /** Since Java 22 there is a console object without a terminal, too. */
  private static boolean isTerminal(Console console) {
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException before22) {
      return true;
    }
  }
}
