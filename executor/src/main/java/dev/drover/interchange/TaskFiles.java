package dev.drover.interchange;

import dev.drover.protocol.ToManager;
import dev.drover.task.ClasspathEntry;
import dev.drover.task.Payload;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The classpaths and jars that Java tasks need, for managers that ask. */
public interface TaskFiles {
  /** The files of a classpath; empty = unknown here. Called on the loop: returns at once. */
  Optional<List<ClasspathEntry>> classpath(String id);

  /** Reads a part of a file on another thread and gives it to {@code answer} there. */
  void read(String sha256, long offset, Consumer<ToManager.FilePart> answer);

  /** No Java tasks, no files. */
  TaskFiles NONE =
      new TaskFiles() {
        @Override
        public Optional<List<ClasspathEntry>> classpath(String id) {
          return Optional.empty();
        }

        @Override
        public void read(String sha256, long offset, Consumer<ToManager.FilePart> answer) {
          answer.accept(
              new ToManager.FilePart(sha256, offset, Payload.EMPTY, true, "no such file"));
        }
      };
}
