package dev.drover.loop;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * How other threads speak to a loop: they {@link #post}, the loop takes. The loop's poller watches
 * {@link #wakeUps()} beside its sockets; a post writes a byte there only when the loop may be
 * asleep, so that a busy loop costs its posters no system call.
 */
public final class Mailbox<E> implements Closeable {
  private final ConcurrentLinkedQueue<E> events = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean asleep = new AtomicBoolean();
  private final Pipe pipe;
  private final ByteBuffer drained = ByteBuffer.allocateDirect(256);

  /** Bytes that posters wrote, or are about to write, and that are not taken yet; the loop's. */
  private int wakeUpsOwed;

  public Mailbox() {
    try {
      pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      pipe.sink().configureBlocking(false);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open a pipe: too many open files (ulimit -n)?", e);
    }
  }

  /** Hands an event to the loop; any thread, never blocks. */
  public void post(E event) {
    events.add(event);
    if (asleep.get() && asleep.compareAndSet(true, false)) {
      try {
        pipe.sink().write(ByteBuffer.wrap(new byte[1]));
      } catch (IOException e) {
        if (pipe.sink().isOpen()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** Hands an event to a loop that will turn soon anyhow, without waking it; any thread. */
  public void postQuietly(E event) {
    events.add(event);
  }

  /** What the loop's poller watches for reading. */
  public SelectableChannel wakeUps() {
    return pipe.source();
  }

  /**
   * The loop's thread is about to sleep; from now on a post wakes it.
   *
   * @return whether it may: false when there are events to take first
   */
  public boolean beforeSleep() {
    asleep.set(true);
    if (events.isEmpty()) {
      return true;
    }
    awake();
    return false;
  }

  /** A poster that found the loop asleep owes it a byte. */
  private void awake() {
    if (!asleep.getAndSet(false)) {
      wakeUpsOwed++;
    }
  }

  /** The loop's thread is awake; takes the wake-up bytes away. */
  public void afterSleep() {
    awake();
    if (wakeUpsOwed == 0) {
      return; // nobody wrote
    }
    try {
      drained.clear();
      wakeUpsOwed -= pipe.source().read(drained);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Takes up to {@code most} events in the order of posting; the loop's thread only and, once the
   * loop has ended, any.
   */
  public int take(Consumer<? super E> consumer, int most) {
    int taken = 0;
    E event;
    while (taken < most && (event = events.poll()) != null) {
      consumer.accept(event);
      taken++;
    }
    return taken;
  }

  @Override
  public void close() throws IOException {
    pipe.sink().close();
    pipe.source().close();
  }
}
