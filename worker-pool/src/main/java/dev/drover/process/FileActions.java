package dev.drover.process;

import dev.drover.process.ProcessSpawner.Abilities;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code posix_spawn} does in a child before the program is loaded: standard files, working
 * directory, all other files closed. One thread's; made once for children that have the same, as
 * the commands of a slot do.
 */
final class FileActions {
  /** Stdin is the request's file. */
  static final int NO_FD = -1;

  private static final ThreadLocal<FileActions> OF_THREAD =
      ThreadLocal.withInitial(FileActions::new);

  private record Kept(Path directory, Path stdin, Output stdout, Output stderr) {
    static Kept of(SpawnRequest r) {
      return new Kept(r.directory(), r.stdin(), r.stdout(), r.stderr());
    }
  }

  private final ByteBuffer memory = Scratch.allocateNative(LibC.FILE_ACTIONS_BYTES);
  private final long address = Scratch.addressOf(memory);
  private boolean made;
  private Kept kept;

  private FileActions() {}

  static FileActions ofThread() {
    return OF_THREAD.get();
  }

  /** Valid until the thread prepares the next ones. */
  long address() {
    return address;
  }

  /** Makes them for a child, unless the last one had the same; an error number or 0. */
  int prepare(SpawnRequest request, int stdinFd, Abilities abilities) {
    // Without closefrom, the files to be closed are others each time.
    boolean keep = stdinFd == NO_FD && abilities.closeFrom() && abilities.chdir();
    Kept wanted = keep ? Kept.of(request) : null;
    if (keep && wanted.equals(kept)) {
      return 0;
    }
    if (made) {
      LibC.posix_spawn_file_actions_destroy(address);
      made = false;
    }
    kept = null;
    int errno = LibC.posix_spawn_file_actions_init(address);
    made = errno == 0;
    errno = errno != 0 ? errno : add(request, stdinFd, abilities);
    kept = errno == 0 ? wanted : null;
    return errno;
  }

  /** The C library copies the paths. */
  private int add(SpawnRequest request, int stdinFd, Abilities abilities) {
    int errno =
        stdinFd == NO_FD
            ? addOpen(0, request.stdin(), LibC.O_RDONLY, 0)
            : LibC.posix_spawn_file_actions_adddup2(address, stdinFd, 0);
    errno = errno != 0 ? errno : addOutput(1, request.stdout());
    if (errno == 0) {
      errno =
          request.stdout().path().equals(request.stderr().path())
              ? LibC.posix_spawn_file_actions_adddup2(address, 1, 2)
              : addOutput(2, request.stderr());
    }
    if (errno == 0 && abilities.chdir()) {
      errno = LibC.Chdir.posix_spawn_file_actions_addchdir_np(address, place(request.directory()));
    }
    return errno != 0 ? errno : addClose(abilities);
  }

  private int addOutput(int fd, Output output) {
    int flags = LibC.O_WRONLY | LibC.O_CREAT | (output.append() ? LibC.O_APPEND : LibC.O_TRUNC);
    return addOpen(fd, output.path(), flags, 0666);
  }

  private int addOpen(int fd, Path path, int flags, int mode) {
    return LibC.posix_spawn_file_actions_addopen(address, fd, place(path), flags, mode);
  }

  private static long place(Path path) {
    byte[] text = path.toString().getBytes(StandardCharsets.UTF_8);
    Scratch scratch = Scratch.ofThread();
    scratch.reserve(text.length + 1);
    return scratch.string(text);
  }

  /**
   * The JVM's sockets are not close-on-exec; without this a task would keep the manager's
   * connections open.
   */
  private int addClose(Abilities abilities) {
    if (abilities.closeFrom()) {
      return LibC.CloseFrom.posix_spawn_file_actions_addclosefrom_np(address, 3);
    }
    try (DirectoryStream<Path> open = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path entry : open) {
        int fd = Integer.parseInt(entry.getFileName().toString());
        // Closing one that is gone by then is no error, in glibc as in musl.
        int errno = fd > 2 ? LibC.posix_spawn_file_actions_addclose(address, fd) : 0;
        if (errno != 0) {
          return errno;
        }
      }
      return 0;
    } catch (IOException e) {
      return LibC.EMFILE;
    }
  }
}
