package dev.drover.executor;

import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import dev.drover.journal.RunEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an executor, which is one of three: it is closed, it leaves its interchange to itself,
 * or its JVM ends. Any thread may call.
 */
final class Closing {
  private static final Logger log = LoggerFactory.getLogger(Closing.class);

  /** Blocks and callbacks have their own patience, which is shorter. */
  private static final Duration LONGEST_END = Duration.ofMinutes(3);

  private final Engine engine;
  private final JavaTasks javaTasks;
  private final RunDirectory run;
  private final boolean ownsRunDirectory;
  private final Thread endWithJvm = new Thread(this::endWithJvm, "drover-shutdown");
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  /**
   * @param ownsRunDirectory whether it is to be closed, too
   */
  Closing(Engine engine, JavaTasks javaTasks, RunDirectory run, boolean ownsRunDirectory) {
    this.engine = engine;
    this.javaTasks = javaTasks;
    this.run = run;
    this.ownsRunDirectory = ownsRunDirectory;
  }

  /** From now on the end of the JVM is the executor's. */
  void watchJvm() {
    Runtime.getRuntime().addShutdownHook(endWithJvm);
  }

  /** The JVM ends: batch jobs must not stay behind, also where the end has begun already. */
  private void endWithJvm() {
    try {
      if (begun.compareAndSet(false, true)) {
        engine.stopping();
        engine.close(RunEnd.INTERRUPTED, "its process ended before the run did");
      } else {
        await(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      over.complete(null); // whoever closes in a hook of their own waits for it
    }
  }

  /** Ends everything; blocks until it is done, or returns at once where somebody else does it. */
  void close(RunEnd how, String reason) {
    end(() -> engine.close(how, reason));
  }

  /** Leaves the interchange to itself. */
  void detach(RemoteEngine remote) {
    end(remote::detach);
  }

  /** The JVM's hook stays until it is done: a JVM that ends meanwhile waits. */
  private void end(Runnable end) {
    if (begun.compareAndSet(false, true)) {
      try {
        end.run();
      } finally {
        letGo();
        forgetJvm();
      }
    }
  }

  private void forgetJvm() {
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      log.debug("the JVM ends too: its hook has nothing to do any more");
    }
  }

  private void letGo() {
    javaTasks.close();
    try {
      if (ownsRunDirectory) {
        run.close();
      }
    } catch (RunDirectoryException e) {
      log.warn("{}", e.getMessage());
    } finally {
      over.complete(null);
    }
  }

  boolean isOver() {
    return over.isDone();
  }

  /** Blocks until it is over; false = it was not in time. */
  boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      over.get(timeout, unit);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }
}
