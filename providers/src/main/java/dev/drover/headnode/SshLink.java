package dev.drover.headnode;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one connection to a head node, made when it is first wanted and made anew when it is lost,
 * with ever longer pauses. Safe on any thread; connecting is done on the executor's.
 */
final class SshLink {
  private static final Logger LOG = LoggerFactory.getLogger(SshLink.class);

  /** Makes a connection; blocks. */
  interface Connector {
    SshConnection connect() throws SshConnectException;
  }

  private final Connector connector;
  private final Duration patience;
  private final Executor executor;
  private CompletableFuture<SshConnection> current;
  private SshConnectException last;
  private int failures;
  private long notBefore;
  private boolean wasConnected;
  private boolean closed;

  /**
   * @param patience for how long a lost connection is tried again within one call
   */
  SshLink(Connector connector, Duration patience, Executor executor) {
    this.connector = connector;
    this.patience = patience;
    this.executor = executor;
  }

  /**
   * The live connection, or a new one.
   *
   * @throws SshConnectException if there can be none now: at once, when it was tried a short while
   *     ago
   * @throws InterruptedIOException on an interrupt; the attempt goes on for the next caller
   */
  SshConnection connection() throws IOException {
    CompletableFuture<SshConnection> wanted = wanted();
    try {
      return wanted.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while connecting").initCause(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SshConnectException failure) {
        throw failure;
      }
      throw new HeadNodeException("cannot connect: " + e.getCause(), e.getCause());
    }
  }

  private synchronized CompletableFuture<SshConnection> wanted() throws IOException {
    if (closed) {
      throw new HeadNodeException(
          "this head node is closed\n  fix:     use it before it is closed");
    }
    if (current != null && isOfUse(current)) {
      return current;
    }
    long left = notBefore - System.nanoTime();
    if (last != null && left > 0) {
      throw new SshConnectException(
          last.getMessage()
              + "\n  next:    not tried again for "
              + (left / 1_000_000_000 + 1)
              + " s",
          last.isLasting(),
          last);
    }
    current = CompletableFuture.supplyAsync(this::connect, executor);
    return current;
  }

  private static boolean isOfUse(CompletableFuture<SshConnection> connection) {
    return !connection.isDone()
        || !connection.isCompletedExceptionally() && connection.join().isAlive();
  }

  private SshConnection connect() {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      try {
        return succeeded(connector.connect());
      } catch (SshConnectException e) {
        Duration pause = failed(e);
        boolean again = isReconnect() && !e.isLasting();
        if (!again || System.nanoTime() + pause.toNanos() > end) {
          throw new CompletionException(e);
        }
        LOG.debug("tried again in {}: {}", pause, e.getMessage());
        try {
          Thread.sleep(pause.toMillis());
        } catch (InterruptedException closing) {
          throw new CompletionException(e);
        }
      }
    }
  }

  private synchronized SshConnection succeeded(SshConnection connection)
      throws SshConnectException {
    if (closed) {
      connection.close();
      throw new SshConnectException("this head node is closed", true, null);
    }
    if (wasConnected) {
      LOG.info("connected again to {}", connection.hop());
    }
    wasConnected = true;
    failures = 0;
    last = null;
    return connection;
  }

  private synchronized Duration failed(SshConnectException e) {
    failures++;
    last = e;
    Duration pause = BackOff.pause(failures, e.isLasting());
    notBefore = System.nanoTime() + pause.toNanos();
    return pause;
  }

  private synchronized boolean isReconnect() {
    return wasConnected && !closed;
  }

  /** Ends the connection; there is no other one. */
  void close() {
    CompletableFuture<SshConnection> open;
    synchronized (this) {
      closed = true;
      open = current;
    }
    if (open != null && open.isDone() && !open.isCompletedExceptionally()) {
      open.join().close();
    }
  }
}
