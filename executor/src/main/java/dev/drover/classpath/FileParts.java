package dev.drover.classpath;

import dev.drover.protocol.ToManager;
import dev.drover.task.Payload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads jars in the parts in which they travel. */
public final class FileParts {
  private static final int PART_BYTES = 4 << 20;

  private FileParts() {}

  /** The part of a file that begins at the offset, or the reason why there is none. */
  public static ToManager.FilePart read(Path path, String sha256, long offset) {
    try (FileChannel file = FileChannel.open(path)) {
      long left = file.size() - offset;
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.max(0, Math.min(left, PART_BYTES)));
      while (bytes.hasRemaining() && file.read(bytes, offset + bytes.position()) > 0) {}
      return new ToManager.FilePart(
          sha256, offset, Payload.of(bytes.array()), left <= bytes.capacity(), "");
    } catch (IOException e) {
      return none(
          sha256,
          offset,
          "%s cannot be read on the submitting side: %s%s"
              .formatted(path, e.getMessage(), Files.exists(path) ? "" : " (it is gone)"));
    }
  }

  /** There is no such part. */
  public static ToManager.FilePart none(String sha256, long offset, String problem) {
    return new ToManager.FilePart(sha256, offset, Payload.EMPTY, true, problem);
  }
}
