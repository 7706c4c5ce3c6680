package dev.drover.headnode;

import com.jcraft.jsch.ChannelExec;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One command on one connection. What JSch does is done on the executor's threads, since it loses
 * interrupts; the caller's only waits.
 */
final class RemoteRun {
  /** How long a killed command, and the end of a channel, may take to be told. */
  private static final Duration KILL_GRACE = Duration.ofSeconds(5);

  /** How long a channel may stay open after its command's end, as a background process makes it. */
  private static final Duration CLOSE_GRACE = Duration.ofSeconds(1);

  /** How long it takes at most to notice that it was not the channel but the connection. */
  private static final Duration LOSS_NOTICED = Duration.ofSeconds(2);

  private final SshConnection connection;
  private final Command command;
  private final RemoteScript script;
  private final RemoteAnswer answer;
  private final Executor executor;

  RemoteRun(SshConnection connection, Command command, String init, Executor executor) {
    this.connection = connection;
    this.command = command;
    this.script = RemoteScript.of(command, init);
    this.answer = new RemoteAnswer(script.marker(), LocalHeadNode.OUTPUT_LIMIT);
    this.executor = executor;
  }

  /** What was printed before the command began. */
  String noise() {
    return answer.noise();
  }

  /** A channel on which the command runs, and the line whose end kills it. */
  private record Sent(ChannelExec channel, OutputStream line) {}

  /**
   * Runs it.
   *
   * @throws SshConnection.NotOpenedException if it was not begun
   * @throws IOException if it may or may not have run
   */
  CommandResult run() throws IOException {
    CompletableFuture<Sent> sending = CompletableFuture.supplyAsync(this::send, executor);
    try {
      Sent sent = await(sending);
      long start = System.nanoTime();
      boolean inTime = answer.awaitEnd(command.timeout());
      if (!inTime) {
        executor.execute(() -> hangUp(sent));
        if (!answer.awaitEnd(KILL_GRACE)) {
          finish(sent);
          throw new HeadNodeException(
              command.argv().get(0)
                  + " ran longer than "
                  + command.timeout().toMillis() / 1000.0
                  + " s on "
                  + connection.hop()
                  + " and did not end when it was killed; the other side kills it again by itself"
                  + "\n  fix:     look there for what hangs, such as a file system");
        }
      }
      finish(sent);
      return result(sent, Duration.ofNanos(System.nanoTime() - start), !inTime);
    } catch (InterruptedException e) {
      sending.thenAccept(this::finish);
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("interrupted while this ran, so it was killed: " + command)
              .initCause(e);
    }
  }

  private Sent await(CompletableFuture<Sent> sending) throws IOException, InterruptedException {
    try {
      // Waits for a slot and for the server, each of which has a limit of its own.
      return sending.get(command.timeout().toMillis() + 60_000, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new HeadNodeException(
          "cannot send " + command + " to " + connection.hop(), e.getCause());
    } catch (TimeoutException e) {
      connection.close();
      throw new SshConnection.NotOpenedException(connection.hop() + " takes no command", e);
    }
  }

  private Sent send() {
    try {
      OutputStream[] line = new OutputStream[1];
      ChannelExec channel =
          connection.open(
              "exec",
              ChannelExec.class,
              fresh -> {
                fresh.setCommand(script.line());
                fresh.setOutputStream(answer.stdout());
                fresh.setErrStream(answer.stderr());
                line[0] = fresh.getOutputStream();
              },
              command.timeout());
      Sent sent = new Sent(channel, line[0]);
      try {
        line[0].write(script.script());
        line[0].flush();
      } catch (IOException e) {
        finish(sent);
        throw new SshConnection.NotOpenedException(
            "the connection to " + connection.hop() + " broke before " + command + " was sent", e);
      }
      return sent;
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** The end of the line: the other side kills the command and tells its end. */
  private static void hangUp(Sent sent) {
    try {
      sent.line().close();
    } catch (IOException closed) {
      // The channel has ended.
    }
  }

  /** Ends the channel, which kills what still runs on it, and frees its slot. */
  private void finish(Sent sent) {
    executor.execute(
        () -> {
          try {
            if (answer.exitCode().isPresent()) {
              answer.awaitClosed(CLOSE_GRACE);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the head node is being closed
          } finally {
            sent.channel().disconnect();
            connection.slots().free();
          }
        });
  }

  private CommandResult result(Sent sent, Duration duration, boolean timedOut)
      throws IOException, InterruptedException {
    if (answer.exitCode().isPresent()) {
      return new CommandResult(
          answer.exitCode().getAsInt(), answer.output(), answer.errors(), duration, timedOut);
    }
    boolean shellEnded = sent.channel().getExitStatus() >= 0;
    long end = System.nanoTime() + LOSS_NOTICED.toNanos();
    while (!shellEnded && connection.isAlive() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    if (!connection.isAlive()) {
      throw new HeadNodeException(
          "the connection to "
              + connection.hop()
              + " was lost while this ran; it was killed there, and whether it had done its work is"
              + " unknown: "
              + command);
    }
    String noise = answer.noise();
    throw new HeadNodeException(
        (shellEnded
                ? "the login shell on "
                    + connection.hop()
                    + " ended (exit "
                    + sent.channel().getExitStatus()
                    + ") before it had told how the command ended: "
                : connection.hop() + " closed the channel without a word while this ran: ")
            + command
            + "\n  printed: "
            + (noise.isEmpty() ? "(nothing)" : noise.replace("\n", "\n           "))
            + "\n  fix:     log in by hand and run a command: ssh "
            + connection.hop().user()
            + "@"
            + connection.hop().host()
            + " true; look in the start-up files (.bashrc, .cshrc) for an exit, and in headnode.init");
  }
}
