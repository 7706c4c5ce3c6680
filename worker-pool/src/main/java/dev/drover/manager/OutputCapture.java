package dev.drover.manager;

import dev.drover.process.Output;
import dev.drover.task.OutputRange;
import dev.drover.task.TaskAssignment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps what one slot's commands write to one of their two outputs. Packed output goes through a
 * file of the slot on the node's own disk and is added to the slot's pack when the command has
 * ended, so that a command that truncates its own output ({@code > /dev/stderr}) harms nobody
 * else's. The slot's thread only.
 */
final class OutputCapture implements AutoCloseable {
  private static final int TAIL_BYTES = 2048;

  private final Path runDirectory;
  private final Path packName;
  private final Path scratch;
  private final Output toScratch;
  private final OutputMode mode;
  private final String suffix;
  private FileChannel pack;

  /**
   * @param runDirectory where {@code tasks/} lies
   * @param pool id of the manager, part of its packs' names
   * @param suffix {@code out} or {@code err}
   */
  OutputCapture(
      OutputMode mode,
      Path runDirectory,
      String pool,
      int slot,
      Path scratchDirectory,
      String suffix) {
    this.mode = mode;
    this.runDirectory = runDirectory;
    this.packName = Path.of("tasks", "%s-%03d.%s".formatted(pool, slot, suffix));
    this.scratch = scratchDirectory.resolve("slot-%03d.%s".formatted(slot, suffix));
    this.toScratch = Output.truncate(scratch);
    this.suffix = suffix;
  }

  private Path nameOf(TaskAssignment task) {
    String attempt = task.attempt() == 1 ? "" : "." + task.attempt();
    return Path.of("tasks", task.id() + attempt + "." + suffix);
  }

  /** Where the command shall write. */
  Output begin(TaskAssignment task) {
    return mode == OutputMode.FILES
        ? Output.truncate(runDirectory.resolve(nameOf(task)))
        : toScratch;
  }

  /** Takes over what the command wrote. */
  OutputRange end(TaskAssignment task) throws IOException {
    if (mode == OutputMode.FILES) {
      Path name = nameOf(task);
      long size = Files.size(runDirectory.resolve(name));
      if (size == 0) {
        Files.delete(runDirectory.resolve(name));
        return OutputRange.NOTHING;
      }
      return new OutputRange(name.toString(), 0, size);
    }
    long size = Files.size(scratch);
    return size == 0 ? OutputRange.NOTHING : addToPack(size);
  }

  private OutputRange addToPack(long size) throws IOException {
    if (pack == null) {
      pack =
          FileChannel.open(
              runDirectory.resolve(packName),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.APPEND);
    }
    long offset = pack.size();
    try (FileChannel from = FileChannel.open(scratch)) {
      long done = 0;
      while (done < size) {
        long count = from.transferTo(done, size - done, pack);
        if (count <= 0) {
          break; // it was truncated meanwhile
        }
        done += count;
      }
      return new OutputRange(packName.toString(), offset, done);
    }
  }

  /** The last part of what was kept, as text. */
  String tail(OutputRange range) {
    return range.isNothing()
        ? ""
        : tail(runDirectory.resolve(range.file()), range.offset(), range.length());
  }

  /** The last part of a whole file, as text; empty when it cannot be read. */
  static String tail(Path file) {
    try {
      return tail(file, 0, Files.size(file));
    } catch (IOException e) {
      return "";
    }
  }

  private static String tail(Path file, long offset, long length) {
    long from = offset + Math.max(0, length - TAIL_BYTES);
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, TAIL_BYTES));
    try (FileChannel channel = FileChannel.open(file)) {
      while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {}
    } catch (IOException e) {
      return "";
    }
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    if (pack != null) {
      pack.close();
    }
  }
}
