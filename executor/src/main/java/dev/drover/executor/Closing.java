package dev.drover.executor;

import dev.drover.journal.RunDirectory;
import dev.drover.journal.RunDirectoryException;
import dev.drover.journal.RunEnd;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an executor, which is one of three: it is closed, it leaves its interchange to itself,
 * or its JVM ends. Any thread may call.
 */
final class Closing {
  private static final Logger log = LoggerFactory.getLogger(Closing.class);

  private final Engine engine;
  private final JavaTasks javaTasks;
  private final RunDirectory run;
  private final boolean ownsRunDirectory;
  private final Thread endWithJvm = new Thread(this::endWithJvm, "drover-shutdown");
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

  /** The JVM ends and nobody closed: batch jobs must not stay behind. */
  private void endWithJvm() {
    engine.stopping();
    engine.close(RunEnd.INTERRUPTED, "its process ended before the run did");
  }

  /** Whether the end is still to be had; not so when the JVM ends: then the hook does it. */
  private boolean takeFromJvm() {
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
      return true;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Ends everything; blocks until it is done. */
  void close(RunEnd how, String reason) {
    if (takeFromJvm()) {
      try {
        engine.close(how, reason);
      } finally {
        letGo();
      }
    }
  }

  /** Leaves the interchange to itself. */
  void detach(RemoteEngine remote) {
    if (takeFromJvm()) {
      remote.detach();
      letGo();
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
