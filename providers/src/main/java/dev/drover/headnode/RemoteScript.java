package dev.drover.headnode;

import dev.drover.template.ShellQuoting;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/**
 * A command as it travels to a head node: a line that any login shell understands, which starts
 * {@code sh}, and the script that this {@code sh} reads from its standard input. What the script
 * does is told in {@code remote-command.sh}.
 *
 * @param marker which no other output holds; an answer lies between {@code marker<} and {@code
 *     marker>CODE}, on both streams
 * @param line for the login shell: no quote in it that csh, fish and sh do not read alike
 * @param script whole or of no effect
 */
record RemoteScript(String marker, String line, byte[] script) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SCRIPT = text();

  /** After the timeout the other side ends it itself, should this side be out of reach. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  private static String text() {
    try (InputStream stream = RemoteScript.class.getResourceAsStream("remote-command.sh")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot read remote-command.sh from Drover's own jar; is it whole?", e);
    }
  }

  /**
   * The script for a command.
   *
   * @param init lines that run before it
   * @throws IllegalArgumentException if a word or the input holds a NUL
   */
  static RemoteScript of(Command command, String init) {
    return of(command, init, GRACE);
  }

  static RemoteScript of(Command command, String init, Duration grace) {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    String marker = HexFormat.of().formatHex(random);
    // In two halves, so that a shell which shows what it does shows no marker.
    String values =
        "drover_a="
            + marker.substring(0, 16)
            + "\ndrover_b="
            + marker.substring(16)
            + "\ndrover_limit="
            + command.timeout().plus(grace).toSeconds()
            + "\ndrover_reads="
            + (command.stdin().isPresent() ? "yes" : "")
            + "\ndrover_input="
            + ShellQuoting.quote(command.stdin().orElse(""))
            + "\ndrover_init() {\n:\n"
            + init
            + "\n}\n";
    String call = "drover_main " + ShellQuoting.quoteAll(command.argv()) + "\n";
    // One compound command, so that a half of it, from a connection that broke, does nothing.
    byte[] script = ("{\n" + SCRIPT + values + call + "}").getBytes(StandardCharsets.UTF_8);
    return new RemoteScript(
        marker, "exec /bin/sh -c 'eval \"$(head -c " + script.length + ")\"'", script);
  }
}
