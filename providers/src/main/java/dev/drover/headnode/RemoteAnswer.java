package dev.drover.headnode;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * What comes back from a {@link RemoteScript}: of both streams only what the command itself
 * printed, and its exit code. Written by the connection's thread, which it never holds up; read by
 * any.
 */
final class RemoteAnswer {
  /** How much of what start-up files print is kept for an error message, in bytes. */
  private static final int NOISE_LIMIT = 8192;

  /** Longer than any exit code with its line's end. */
  private static final int CODE_LENGTH = 16;

  private final byte[] begin;
  private final byte[] end;
  private final Part stdout;
  private final Part stderr;
  private OptionalInt exitCode = OptionalInt.empty();

  /**
   * @param marker of the script
   * @param limit how much of each stream is kept, in bytes
   */
  RemoteAnswer(String marker, int limit) {
    this.begin = (marker + "<").getBytes(StandardCharsets.US_ASCII);
    this.end = (marker + ">").getBytes(StandardCharsets.US_ASCII);
    this.stdout = new Part(limit);
    this.stderr = new Part(limit);
  }

  /** Where the channel's output goes. */
  OutputStream stdout() {
    return stdout;
  }

  /** Where the channel's error output goes; its closing means that the channel is closed. */
  OutputStream stderr() {
    return stderr;
  }

  /** Waits for the command's end, or the channel's; false if neither came in time. */
  synchronized boolean awaitEnd(Duration patience) throws InterruptedException {
    return await(patience, false);
  }

  /** Waits until the channel is closed; false if that did not come in time. */
  synchronized boolean awaitClosed(Duration patience) throws InterruptedException {
    return await(patience, true);
  }

  private boolean await(Duration patience, boolean closed) throws InterruptedException {
    long until = System.nanoTime() + patience.toNanos();
    while (!stderr.closed && (closed || !stdout.ended || !stderr.ended)) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }

  /** The command's; empty if it has not ended, or its end was not told. */
  synchronized OptionalInt exitCode() {
    return exitCode;
  }

  String output() {
    return stdout.inside.text();
  }

  String errors() {
    return stderr.inside.text();
  }

  /** What was printed before the command began, by start-up files and the like. */
  synchronized String noise() {
    return (stdout.before.text()
            + stdout.pendingText()
            + stderr.before.text()
            + stderr.pendingText())
        .strip();
  }

  /** One of the two streams. */
  private final class Part extends OutputStream {
    private final TailBuffer before = new TailBuffer(NOISE_LIMIT);
    private final TailBuffer inside;

    /** What may be the beginning of a marker. */
    private byte[] pending = new byte[0];

    private boolean begun;
    private boolean ended;
    private boolean closed;

    Part(int limit) {
      this.inside = new TailBuffer(limit);
    }

    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      synchronized (RemoteAnswer.this) {
        byte[] all = Arrays.copyOf(pending, pending.length + count);
        System.arraycopy(bytes, from, all, pending.length, count);
        pending = new byte[0];
        read(all);
      }
    }

    private void read(byte[] bytes) {
      int at = 0;
      if (!begun) {
        int found = find(begin, bytes, 0);
        if (found < 0) {
          keep(before, bytes, 0, begin.length - 1);
          return;
        }
        before.add(bytes, 0, found);
        begun = true;
        at = found + begin.length;
      }
      if (ended) {
        return; // of a process that the command left behind
      }
      int found = find(end, bytes, at);
      if (found < 0) {
        keep(inside, bytes, at, end.length - 1);
        return;
      }
      int newline = found + end.length;
      while (newline < bytes.length && bytes[newline] != '\n') {
        newline++;
      }
      if (newline == bytes.length && newline - found < end.length + CODE_LENGTH) {
        keep(inside, bytes, at, newline - found);
        return;
      }
      inside.add(bytes, at, found - at);
      String code =
          new String(
              bytes, found + end.length, newline - found - end.length, StandardCharsets.US_ASCII);
      if (code.matches("[0-9]{1,3}")) {
        exitCode = OptionalInt.of(Integer.parseInt(code));
      }
      ended = true;
      RemoteAnswer.this.notifyAll();
    }

    /** All but the last so many bytes are settled. */
    private void keep(TailBuffer settled, byte[] bytes, int from, int unsettled) {
      int to = Math.max(from, bytes.length - unsettled);
      settled.add(bytes, from, to - from);
      pending = Arrays.copyOfRange(bytes, to, bytes.length);
    }

    private String pendingText() {
      return begun ? "" : new String(pending, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      synchronized (RemoteAnswer.this) {
        if (!closed && begun && !ended) {
          inside.add(pending, 0, pending.length);
        }
        closed = true;
        RemoteAnswer.this.notifyAll();
      }
    }
  }

  private static int find(byte[] what, byte[] in, int from) {
    for (int i = from; i <= in.length - what.length; i++) {
      if (in[i] == what[0] && Arrays.equals(in, i, i + what.length, what, 0, what.length)) {
        return i;
      }
    }
    return -1;
  }
}
