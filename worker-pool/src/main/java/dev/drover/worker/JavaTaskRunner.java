package dev.drover.worker;

import dev.drover.task.Ending;
import dev.drover.task.OutputRange;
import dev.drover.task.Payload;
import dev.drover.task.RemoteCall;
import dev.drover.task.TaskAssignment;
import dev.drover.task.TaskId;
import dev.drover.task.TaskOutcome;
import dev.drover.task.TaskWork;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the functions of Java tasks, one at a time, and turns whatever happens into an outcome.
 *
 * <p>Each task finds the thread as the first one did: name, priority, interrupt flag, context class
 * loader; in a worker JVM also the system properties and the standard streams. Thread locals and
 * the statics of the user's classes stay. Confined to the thread that made it.
 */
public final class JavaTaskRunner {
  private static final Logger LOG = LoggerFactory.getLogger(JavaTaskRunner.class);
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final WorkerPlace place;
  private final PayloadWriter results;
  private final JvmState jvm; // null inside a manager
  private final LeftThreads leftThreads; // null inside a manager
  private final Map<ClassLoader, FunctionReader> readers = new IdentityHashMap<>();
  private final Thread thread = Thread.currentThread();
  private final String threadName = thread.getName();
  private final int threadPriority = thread.getPriority();
  private final ClassLoader threadLoader = thread.getContextClassLoader();
  private ClassLoader lastLoader;
  private FunctionReader lastReader;

  private JavaTaskRunner(
      WorkerPlace place, int resultLimitBytes, JvmState jvm, LeftThreads leftThreads) {
    this.place = place;
    this.results = new PayloadWriter(resultLimitBytes);
    this.jvm = jvm;
    this.leftThreads = leftThreads;
  }

  /**
   * A runner that has the JVM to itself; from now on the system properties are its own to restore.
   *
   * @param resultLimitBytes largest serialized result, in bytes
   */
  public static JavaTaskRunner inWorkerJvm(WorkerPlace place, int resultLimitBytes) {
    return new JavaTaskRunner(place, resultLimitBytes, JvmState.watch(), new LeftThreads());
  }

  /** A runner beside others in a manager: it keeps only its own thread clean. */
  public static JavaTaskRunner inManager(WorkerPlace place, int resultLimitBytes) {
    return new JavaTaskRunner(place, resultLimitBytes, null, null);
  }

  /**
   * Runs one attempt to its end. Throws nothing: a function that cannot be read is {@code
   * NOT_STARTED}, one that throws or whose result cannot be serialized {@code THREW}, one that
   * exhausts the heap {@code OUT_OF_MEMORY}. A function that returns null has the empty result.
   */
  public TaskOutcome run(TaskAssignment task, ClassLoader loader) {
    Attempt attempt = new Attempt(task, place.rank());
    thread.setContextClassLoader(loader);
    TaskContext.enter(new TaskContext(task.id(), task.attempt(), task.index(), place));
    try {
      return call(task, loader, attempt);
    } catch (Throwable again) { // while putting a failure into words, mostly for want of memory
      return attempt.ended(Ending.OUT_OF_MEMORY, "the JVM ran out of memory", Payload.EMPTY, "");
    } finally {
      TaskContext.leave();
      cleanUp(task.id());
    }
  }

  private TaskOutcome call(TaskAssignment task, ClassLoader loader, Attempt attempt) {
    if (!(task.spec().work() instanceof TaskWork.Java work)) {
      return attempt.ended(
          Ending.NOT_STARTED,
          "a command came to a worker JVM, a fault of Drover",
          Payload.EMPTY,
          "");
    }
    RemoteCall<?> function;
    try {
      function = readerOf(loader).read(work.function());
    } catch (Throwable thrown) {
      return failed(attempt, Ending.NOT_STARTED, thrown, CallFailure.unreadable(thrown, loader));
    }
    Object result;
    try {
      result = function.call(task.index());
    } catch (Throwable thrown) {
      return failed(attempt, Ending.THREW, thrown, CallFailure.thrown(thrown, loader));
    }
    try {
      return attempt.ended(Ending.SUCCEEDED, "", results.write(result), "");
    } catch (Throwable thrown) {
      return failed(
          attempt, Ending.THREW, thrown, CallFailure.unserializableResult(thrown, result));
    }
  }

  private TaskOutcome failed(Attempt attempt, Ending ending, Throwable thrown, String message) {
    OutOfMemoryError outOfMemory = CallFailure.outOfMemoryIn(thrown);
    String trace = ThrowableText.stackTraceOf(thrown);
    return attempt.ended(
        outOfMemory == null ? ending : Ending.OUT_OF_MEMORY,
        outOfMemory == null ? message : CallFailure.outOfMemory(outOfMemory),
        serialized(thrown),
        ThrowableText.cut(trace, ThrowableText.TAIL_CHARS));
  }

  private Payload serialized(Throwable thrown) {
    try {
      return results.write(thrown);
    } catch (Throwable unserializable) {
      try {
        return results.write(RemoteThrowable.standInFor(thrown));
      } catch (Throwable tooLarge) {
        return Payload.EMPTY; // message and tail still tell
      }
    }
  }

  private FunctionReader readerOf(ClassLoader loader) {
    if (loader != lastLoader) {
      lastReader = readers.computeIfAbsent(loader, FunctionReader::new);
      lastLoader = loader;
    }
    return lastReader;
  }

  private void cleanUp(TaskId task) {
    try {
      Thread.interrupted();
      thread.setContextClassLoader(threadLoader);
      if (!threadName.equals(thread.getName())) {
        thread.setName(threadName);
      }
      if (thread.getPriority() != threadPriority) {
        thread.setPriority(threadPriority);
      }
      if (jvm != null) {
        jvm.restore();
        leftThreads.report(task);
      }
    } catch (Throwable e) {
      LOG.warn("after task {} the worker could not be made as fresh as before", task, e);
    }
  }

  /** The clocks of one attempt. */
  private static final class Attempt {
    private final TaskAssignment task;
    private final int rank;
    private final long startedMicros = nowMicros();
    private final long startedNanos = System.nanoTime();
    private final long startedCpuNanos = THREADS.getCurrentThreadCpuTime();

    Attempt(TaskAssignment task, int rank) {
      this.task = task;
      this.rank = rank;
    }

    TaskOutcome ended(Ending ending, String message, Payload result, String tail) {
      long cpuNanos = THREADS.getCurrentThreadCpuTime();
      return new TaskOutcome(
          task.id(),
          task.attempt(),
          ending,
          -1,
          0,
          message,
          result,
          startedMicros,
          startedMicros + (System.nanoTime() - startedNanos) / 1000,
          cpuNanos < 0 ? -1 : (cpuNanos - startedCpuNanos) / 1000,
          -1,
          rank,
          OutputRange.NOTHING,
          OutputRange.NOTHING,
          tail);
    }

    private static long nowMicros() {
      Instant now = Instant.now();
      return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
    }
  }
}
