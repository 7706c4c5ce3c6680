package dev.drover.headnode;

import com.jcraft.jsch.ChannelSftp;
import com.jcraft.jsch.SftpATTRS;
import com.jcraft.jsch.SftpException;
import com.jcraft.jsch.SftpStatVFS;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The files of a head node, over SFTP, for their owner only. Calls block; any thread may make them,
 * but none that may be interrupted. An SFTP channel is kept between calls while nobody wants its
 * slot.
 */
final class RemoteFiles {
  private static final Duration SLOT_PATIENCE = Duration.ofMinutes(2);

  /**
   * Requests under way at once, 32 KiB each: as much as OpenSSH's window of 2 MiB lets through in
   * one round trip, which is 20 MB/s at 100 ms. The library's own 16 are a quarter of it.
   */
  private static final int REQUESTS = 64;

  private final SshConnection connection;
  private ChannelSftp idle;

  RemoteFiles(SshConnection connection) {
    this.connection = connection;
  }

  /** What is done on a channel. */
  interface Work<T> {
    T on(ChannelSftp sftp) throws SftpException, IOException;
  }

  /** Writes whole or not at all; {@code attempt} is a name that nobody can guess. */
  void write(Path file, String content, FileMode mode, String attempt) throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    write(file, new ByteArrayInputStream(bytes), bytes.length, mode, attempt);
  }

  /** The same of a file here. */
  void send(Path here, Path there, FileMode mode, String attempt) throws IOException {
    try (InputStream content = Files.newInputStream(here)) {
      write(there, content, Files.size(here), mode, attempt);
    }
  }

  private void write(Path file, InputStream content, long size, FileMode mode, String attempt)
      throws IOException {
    Path directory = file.getParent();
    // It is open to nobody else before it holds the first byte, whatever the umask there.
    String stage = directory.resolve(".drover-" + attempt).toString();
    String fresh = stage + "/" + file.getFileName();
    try {
      onChannel(
          sftp -> {
            makeDirectories(sftp, directory);
            makePrivate(sftp, stage);
            sftp._put(content, fresh, null, ChannelSftp.OVERWRITE);
            sftp.chmod(mode.bits(), literal(fresh));
            sftp.rename(literal(fresh), literal(file.toString()));
            sftp.rmdir(literal(stage));
            return null;
          });
    } catch (SftpException e) {
      String reason = isLoss(e) ? "" : cleaned(stage, fresh, directory, size);
      throw failure("write " + file, reason, e);
    }
  }

  /**
   * Takes away what a failed write left, and says whether it failed for want of room: the protocol
   * itself says only "Failure". On another channel, since the answers on the failed one are out of
   * step.
   */
  private String cleaned(String stage, String fresh, Path directory, long needed)
      throws IOException {
    try {
      return onChannel(
          sftp -> {
            SftpStatVFS space = sftp.statVFS(literal(directory.toString()));
            long free = space.getAvailForNonRoot() * 1024;
            quietly(() -> sftp.rm(literal(fresh)));
            quietly(() -> sftp.rmdir(literal(stage)));
            return free >= needed && space.getAvailINodes() > 0
                ? ""
                : "no room: %d bytes and %d files are free there, %d bytes are needed; "
                    .formatted(free, space.getAvailINodes(), needed);
          });
    } catch (SftpException e) {
      return ""; // an extension that not every server has, or a directory that is none
    }
  }

  private static void makeDirectories(ChannelSftp sftp, Path directory) throws SftpException {
    if (directory == null || exists(sftp, directory.toString())) {
      return;
    }
    makeDirectories(sftp, directory.getParent());
    makePrivate(sftp, directory.toString());
  }

  /** Makes a directory, unless another one, or a call that was cut off, has made it meanwhile. */
  private static void makePrivate(ChannelSftp sftp, String directory) throws SftpException {
    try {
      sftp.mkdir(directory); // the one that takes no pattern
    } catch (SftpException e) {
      if (!exists(sftp, directory)) {
        throw e;
      }
    }
    sftp.chmod(FileMode.PRIVATE_EXECUTABLE.bits(), literal(directory));
  }

  private static boolean exists(ChannelSftp sftp, String path) throws SftpException {
    try {
      SftpATTRS attributes = sftp.stat(literal(path));
      return attributes.isDir();
    } catch (SftpException e) {
      if (e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        return false;
      }
      throw e;
    }
  }

  Optional<String> read(Path file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      onChannel(
          sftp -> {
            sftp.get(literal(file.toString()), bytes);
            return null;
          });
      return Optional.of(bytes.toString(StandardCharsets.UTF_8));
    } catch (SftpException e) {
      if (e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        return Optional.empty();
      }
      throw failure("read " + file, "", e);
    }
  }

  /**
   * Copies a part of a file.
   *
   * @param to what is written to it stays written, also when this fails
   * @return how many bytes there were; empty = there is no such file
   */
  OptionalLong copy(Path file, long offset, long length, OutputStream to) throws IOException {
    try {
      return OptionalLong.of(
          onChannel(
              sftp -> {
                // Beyond its end, the library takes the answer for a failure.
                long size = sftp.stat(literal(file.toString())).getSize();
                long most = Math.min(length, size - offset);
                return most <= 0 ? 0L : copy(sftp, file, offset, most, to);
              }));
    } catch (SftpException e) {
      if (e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        return OptionalLong.empty();
      }
      throw failure("read " + file, "", e);
    }
  }

  private long copy(ChannelSftp sftp, Path file, long offset, long length, OutputStream to)
      throws SftpException, IOException {
    byte[] buffer = new byte[1 << 15];
    long left = length;
    try (InputStream in = sftp.get(literal(file.toString()), null, offset)) {
      while (left > 0) {
        int read;
        try {
          read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        } catch (IOException e) {
          throw new SshConnection.NotOpenedException(
              "the connection to " + connection.hop() + " was lost while reading " + file, e);
        }
        if (read < 0) {
          break;
        }
        to.write(buffer, 0, read);
        left -= read;
      }
    }
    return length - left;
  }

  void delete(Path file) throws IOException {
    try {
      onChannel(
          sftp -> {
            sftp.rm(literal(file.toString()));
            return null;
          });
    } catch (SftpException e) {
      if (e.id != ChannelSftp.SSH_FX_NO_SUCH_FILE) {
        throw failure("delete " + file, "", e);
      }
    }
  }

  private IOException failure(String what, String reason, SftpException e) {
    if (isLoss(e)) {
      return new SshConnection.NotOpenedException(
          "the connection to " + connection.hop() + " was lost, so it did not " + what, e);
    }
    return new HeadNodeException(
        "cannot "
            + what
            + " on "
            + connection.hop()
            + ": "
            + reason
            + e.getMessage()
            + "\n  fix:     "
            + (e.id == ChannelSftp.SSH_FX_PERMISSION_DENIED
                ? "choose a directory that you may write to"
                : "look there whether the directory is one, is writable, and has room (df, quota)"),
        e);
  }

  /** Whether it is the connection's failure, and not the server's answer. */
  private static boolean isLoss(SftpException e) {
    return e.getCause() != null;
  }

  private <T> T onChannel(Work<T> work) throws SftpException, IOException {
    ChannelSftp sftp = take();
    boolean sound = false;
    try {
      T result = work.on(sftp);
      sound = true;
      return result;
    } catch (SftpException e) {
      sound = e.id == ChannelSftp.SSH_FX_NO_SUCH_FILE;
      throw e;
    } finally {
      giveBack(sftp, sound);
    }
  }

  private ChannelSftp take() throws IOException {
    synchronized (this) {
      if (idle != null && connection.slots().takeIdle()) {
        ChannelSftp kept = idle;
        idle = null;
        if (kept.isConnected()) {
          return kept;
        }
        connection.slots().free();
      }
    }
    return connection.open(
        "sftp", ChannelSftp.class, channel -> channel.setBulkRequests(REQUESTS), SLOT_PATIENCE);
  }

  private void giveBack(ChannelSftp sftp, boolean sound) {
    synchronized (this) {
      if (sound && connection.slots().keep(sftp::disconnect)) {
        idle = sftp;
        return;
      }
    }
    sftp.disconnect();
    connection.slots().free();
  }

  /** A step that may fail. */
  private interface Step {
    void take() throws SftpException;
  }

  private static void quietly(Step step) {
    try {
      step.take();
    } catch (SftpException e) {
      // The first failure is the one that is told.
    }
  }

  /** JSch takes paths for patterns. */
  private static String literal(String path) {
    return path.replaceAll("([\\\\*?])", "\\\\$1");
  }
}
