package dev.drover.cli.inspect;

import dev.drover.task.OutputRange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives back what tasks wrote. */
@FunctionalInterface
public interface TaskOutputs {
  /**
   * Copies one captured output.
   *
   * @return whether all of it was there
   */
  boolean copy(OutputRange range, OutputStream to) throws IOException;

  /** Reads the files of a run directory, which may hold the output of many tasks each. */
  static TaskOutputs of(Path runDirectory) {
    return (range, to) -> {
      if (range.isNothing()) {
        return true;
      }
      Path file = runDirectory.resolve(range.file());
      if (!Files.isReadable(file)) {
        return false;
      }
      try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
        in.seek(range.offset());
        byte[] buffer = new byte[1 << 16];
        long left = range.length();
        while (left > 0) {
          int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
          if (read < 0) {
            return false;
          }
          to.write(buffer, 0, read);
          left -= read;
        }
        return true;
      }
    };
  }
}
