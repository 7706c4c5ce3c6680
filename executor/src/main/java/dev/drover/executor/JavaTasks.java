package dev.drover.executor;

import dev.drover.classpath.Classpath;
import dev.drover.classpath.FileParts;
import dev.drover.classpath.FunctionSerializer;
import dev.drover.classpath.SubmitterClasspath;
import dev.drover.interchange.TaskFiles;
import dev.drover.protocol.ToManager;
import dev.drover.submit.TaskReport;
import dev.drover.task.ClasspathEntry;
import dev.drover.task.Isolation;
import dev.drover.task.Payload;
import dev.drover.task.RemoteCall;
import dev.drover.task.ResourceRequest;
import dev.drover.task.TaskSpec;
import dev.drover.task.TaskWork;
import dev.drover.worker.PayloadReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * Java functions on their way out and their results on the way back, and the classes that they
 * need. Any thread may call.
 */
final class JavaTasks implements TaskFiles, AutoCloseable {
  private final ClassLoader loader;
  private final SubmitterClasspath submitterClasspath;
  private final Isolation isolation;
  private final ThreadLocal<FunctionSerializer> serializers;
  private final ThreadLocal<PayloadReader> readers;
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "drover-files");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Classpath classpath;

  /** The last spec made, which tasks of the same function share. */
  private volatile TaskSpec lastSpec;

  JavaTasks(ClassLoader loader, Path packDirectory, Isolation isolation, int maxPayload) {
    this.loader = loader;
    this.submitterClasspath = SubmitterClasspath.of(loader, Set.of(), packDirectory);
    this.isolation = isolation;
    this.serializers = ThreadLocal.withInitial(() -> new FunctionSerializer(maxPayload));
    this.readers = ThreadLocal.withInitial(() -> new PayloadReader(this.loader));
  }

  /** The spec of a function; functions of the same bytes share one. */
  TaskSpec spec(RemoteCall<?> function, ResourceRequest resources, Duration timeout) {
    return spec(function, resources, timeout, "");
  }

  /** The same, with more words for what starts its ranks. */
  TaskSpec spec(
      RemoteCall<?> function, ResourceRequest resources, Duration timeout, String launcherOptions) {
    Payload payload = serializers.get().serialize(function);
    TaskSpec last = lastSpec;
    if (last != null
        && ((TaskWork.Java) last.work()).function() == payload
        && last.resources().equals(resources)
        && last.timeout().equals(timeout)
        && last.launcherOptions().equals(launcherOptions)) {
      return last;
    }
    TaskWork.Java work = new TaskWork.Java(payload, classpath().id(), isolation);
    TaskSpec spec = new TaskSpec("", work, resources, timeout, launcherOptions);
    lastSpec = spec;
    return spec;
  }

  private Classpath classpath() {
    if (classpath == null) {
      classpath = submitterClasspath.get();
    }
    return classpath;
  }

  /** Reads the value of a task that succeeded. */
  Object value(TaskReport report) throws IOException, ClassNotFoundException {
    Payload result = report.outcome().result();
    return result.isEmpty() ? null : readers.get().read(result);
  }

  /** Reads what a failed task threw; null = it threw nothing that could be sent. */
  Throwable thrown(TaskReport report) {
    Payload result = report.outcome().result();
    if (result.isEmpty()) {
      return null;
    }
    try {
      Object thrown = readers.get().read(result);
      return thrown instanceof Throwable throwable ? throwable : null;
    } catch (Throwable e) {
      return e; // told as it is: the remote stack trace stands in the outcome's tail
    }
  }

  @Override
  public Optional<List<ClasspathEntry>> classpath(String id) {
    Classpath known = classpath;
    return known != null && known.id().hash().equals(id)
        ? Optional.of(known.entries())
        : Optional.empty();
  }

  @Override
  public void read(String sha256, long offset, Consumer<ToManager.FilePart> answer) {
    disk.execute(() -> answer.accept(part(sha256, offset)));
  }

  private ToManager.FilePart part(String sha256, long offset) {
    Classpath known = classpath;
    Optional<ClasspathEntry> entry =
        known == null
            ? Optional.empty()
            : known.entries().stream().filter(e -> e.sha256().equals(sha256)).findFirst();
    return entry
        .map(found -> FileParts.read(Path.of(found.path()), sha256, offset))
        .orElseGet(
            () ->
                FileParts.none(
                    sha256, offset, "the submitting side has no file of hash " + sha256));
  }

  @Override
  public void close() {
    disk.shutdownNow();
  }
}
