package dev.drover.headnode;

import java.io.IOException;

/**
 * Asks the user for what only he knows: a key's passphrase, a password, a one-time code. Asked on a
 * thread of the head node's, once for each connection; a connection is not given up for time while
 * he thinks.
 */
@FunctionalInterface
public interface SecretPrompt {
  /**
   * The answer.
   *
   * @param question as it is shown, such as {@code Password for u@login1:}
   * @param visible whether the answer may be seen while it is typed
   * @throws IOException if nobody can be asked, or he gives none; the message names the mend
   */
  String ask(String question, boolean visible) throws IOException;
}
