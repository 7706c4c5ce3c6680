package dev.drover.cli.inspect;

import dev.drover.cli.console.StopException;
import dev.drover.remote.RemoteRunFiles;
import dev.drover.task.OutputRange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the tasks of a run wrote, here or on the head node that the run lives on; that is connected
 * to when its first output is wanted. Files there that hold the output of many tasks are read some
 * way ahead. Used by one thread.
 */
final class RunOutputs implements TaskOutputs, AutoCloseable {
  private static final int READ_AHEAD = 1 << 18;
  private static final int PARTS = 32;

  /** A part of a file there. */
  private record Part(long offset, byte[] bytes) {
    boolean holds(OutputRange range) {
      return range.offset() >= offset && range.offset() + range.length() <= offset + bytes.length;
    }
  }

  private final Path runDirectory;
  private final TaskOutputs here;
  private final Map<String, Part> parts =
      new LinkedHashMap<>(PARTS, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Part> eldest) {
          return size() > PARTS;
        }
      };
  private Optional<RemoteRunFiles> there;

  RunOutputs(Path runDirectory) {
    this.runDirectory = runDirectory;
    this.here = TaskOutputs.of(runDirectory);
  }

  @Override
  public boolean copy(OutputRange range, OutputStream to) throws IOException {
    if (range.isNothing() || Files.exists(runDirectory.resolve(range.file()))) {
      return here.copy(range, to);
    }
    if (there == null) {
      there = RunThere.of(runDirectory);
    }
    return there.isPresent() && copy(there.get(), range, to);
  }

  private boolean copy(RemoteRunFiles files, OutputRange range, OutputStream to)
      throws IOException {
    if (range.length() > READ_AHEAD) {
      try {
        return files.copy(range.file(), range.offset(), range.length(), to).orElse(-1)
            == range.length();
      } catch (IOException e) {
        throw StopException.infrastructure(e.getMessage(), e);
      }
    }
    Part part = parts.get(range.file());
    if (part == null || !part.holds(range)) {
      part = read(files, range);
      parts.put(range.file(), part);
    }
    int from = (int) (range.offset() - part.offset());
    int length = (int) Math.min(range.length(), part.bytes().length - from);
    to.write(part.bytes(), from, length);
    return length == range.length();
  }

  private static Part read(RemoteRunFiles files, OutputRange range) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      files.copy(range.file(), range.offset(), READ_AHEAD, bytes);
    } catch (IOException e) {
      throw StopException.infrastructure(e.getMessage(), e);
    }
    return new Part(range.offset(), bytes.toByteArray());
  }

  @Override
  public void close() {
    if (there != null) {
      there.ifPresent(RemoteRunFiles::close);
    }
  }
}
