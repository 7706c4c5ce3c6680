package dev.drover.process;

import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Starts commands through {@code posix_spawn}.
 *
 * <p>A child leads its own session, so its pid is also its process group. It has default signal
 * dispositions and an empty signal mask, no open file but its three standard ones, and the umask
 * and the affinity mask of the calling thread. Any thread may start children; the thread that does
 * should also await them.
 */
public final class ProcessSpawner {
  /** What the C library can do by itself; what it cannot is done the long way round. */
  record Abilities(boolean closeFrom, boolean chdir) {
    static final Abilities OF_THIS_LIBC =
        new Abilities(
            LibC.has("posix_spawn_file_actions_addclosefrom_np"),
            LibC.has("posix_spawn_file_actions_addchdir_np"));
  }

  private static final int BUSY_TRIES = 6;
  private static final byte[] CD_THEN_EXEC = utf8("cd -- \"$1\" && shift && exec \"$@\"");
  private static final Attributes ATTRIBUTES = new Attributes();

  private final Abilities abilities;
  private final Executables executables = new Executables();

  /** A spawner with its own memory of where programs are; one per manager is enough. */
  public ProcessSpawner() {
    this(Abilities.OF_THIS_LIBC);
  }

  ProcessSpawner(Abilities abilities) {
    this.abilities = abilities;
  }

  /**
   * Starts a command; returns when the program has been loaded.
   *
   * <p>A file without {@code #!} that is no binary is run by {@code /bin/bash}. A program that is
   * still open for writing is tried again for about 30 ms.
   *
   * @throws SpawnException when it cannot be started; nothing runs then, though its output files
   *     may have been made
   */
  public ChildProcess start(SpawnRequest request) throws SpawnException {
    return start(request, FileActions.NO_FD);
  }

  /** As {@link #start(SpawnRequest)}, with this file descriptor of ours as the child's stdin. */
  ChildProcess start(SpawnRequest request, int stdinFd) throws SpawnException {
    String file = executables.resolve(request);
    if (!abilities.chdir()) {
      checkBeforeShell(request, file);
    }
    int errno = spawn(request, file, stdinFd, List.of());
    if (errno == LibC.ENOENT && executables.forget(request)) {
      file = executables.resolve(request);
      errno = spawn(request, file, stdinFd, List.of());
    }
    for (int busy = 1; errno == LibC.ETXTBSY && busy < BUSY_TRIES; busy++) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1L << (busy - 1)));
      errno = spawn(request, file, stdinFd, List.of());
    }
    if (errno == LibC.ENOEXEC) {
      errno = spawn(request, "/bin/bash", stdinFd, List.of("/bin/bash", file));
    }
    if (errno != 0) {
      throw SpawnFailure.explain(request, file, errno);
    }
    return new ChildProcess(Scratch.ofThread().intAt(Scratch.PID));
  }

  /**
   * Spawns once; {@code instead}, when not empty, takes the place of argv[0]. Returns an error
   * number or 0.
   */
  private int spawn(SpawnRequest request, String file, int stdinFd, List<String> instead) {
    FileActions actions = FileActions.ofThread();
    int errno = actions.prepare(request, stdinFd, abilities);
    if (errno != 0) {
      return errno;
    }
    List<byte[]> argv = argv(request, file, instead);
    byte[] program = abilities.chdir() ? utf8(file) : argv.get(0);
    List<byte[]> overlay = request.environment().overlayTexts();

    int bytes = 64 + 8 * (argv.size() + 2) + request.environment().scratchBytes(overlay);
    for (byte[] argument : argv) {
      bytes = Math.addExact(bytes, argument.length + 1);
    }

    Scratch scratch = Scratch.ofThread();
    scratch.reserve(Math.addExact(bytes, program.length));
    long[] pointers = new long[argv.size()];
    for (int i = 0; i < pointers.length; i++) {
      pointers[i] = scratch.string(argv.get(i));
    }
    long programAt = scratch.string(program);
    long argvAt = scratch.table(pointers, pointers.length);
    long envpAt = request.environment().place(scratch, overlay);
    try {
      return LibC.posix_spawn(
          scratch.at(Scratch.PID),
          programAt,
          actions.address(),
          ATTRIBUTES.address,
          argvAt,
          envpAt);
    } finally {
      Reference.reachabilityFence(request);
    }
  }

  /** The argument vector: as asked, or in a shell that changes the directory first. */
  private List<byte[]> argv(SpawnRequest request, String file, List<String> instead) {
    List<byte[]> argv = new ArrayList<>(request.argv().size() + 5);
    if (!abilities.chdir()) {
      argv.add(utf8("/bin/sh"));
      argv.add(utf8("-c"));
      argv.add(CD_THEN_EXEC);
      argv.add(utf8("sh"));
      argv.add(utf8(request.directory().toString()));
      argv.add(utf8(file));
    } else if (instead.isEmpty()) {
      argv.add(utf8(request.argv().get(0)));
    } else {
      instead.forEach(argument -> argv.add(utf8(argument)));
    }
    for (int i = 1; i < request.argv().size(); i++) {
      argv.add(utf8(request.argv().get(i)));
    }
    return argv;
  }

  /**
   * A shell would report these by an exit code, which the caller could not tell from the program's
   * own.
   */
  private static void checkBeforeShell(SpawnRequest request, String file) throws SpawnException {
    if (!Files.isDirectory(request.directory()) || !Files.isExecutable(request.directory())) {
      throw SpawnFailure.explain(request, file, LibC.ENOENT);
    }
    Path program = request.directory().resolve(file);
    if (!Files.exists(program)) {
      throw SpawnFailure.explain(request, file, LibC.ENOENT);
    }
    if (!Files.isRegularFile(program) || !Files.isExecutable(program)) {
      throw SpawnFailure.explain(request, file, LibC.EACCES);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The spawn attributes, the same for every child: built once, never freed. */
  private static final class Attributes {
    final ByteBuffer memory =
        Scratch.allocateNative(LibC.SPAWN_ATTRIBUTES_BYTES + LibC.SIGNAL_SET_BYTES);
    final long address = Scratch.addressOf(memory);

    Attributes() {
      long set = address + LibC.SPAWN_ATTRIBUTES_BYTES;
      require(LibC.posix_spawnattr_init(address));
      LibC.sigemptyset(set);
      require(LibC.posix_spawnattr_setsigmask(address, set));
      // Bit by bit: sigfillset leaves out the two signals of glibc's own, which the child would
      // then ignore.
      memory.putLong(
          LibC.SPAWN_ATTRIBUTES_BYTES, ~(1L << LibC.SIGKILL - 1 | 1L << LibC.SIGSTOP - 1));
      require(LibC.posix_spawnattr_setsigdefault(address, set));
      require(
          LibC.posix_spawnattr_setflags(
              address,
              (short)
                  (LibC.POSIX_SPAWN_SETSID
                      | LibC.POSIX_SPAWN_SETSIGMASK
                      | LibC.POSIX_SPAWN_SETSIGDEF)));
      keepChildrenWaitable();
    }

    /** A launcher may leave SIGCHLD ignored; children would then vanish without an exit status. */
    private static void keepChildrenWaitable() {
      long ignored = ProcFs.ofThisNode().ignoredSignals();
      if ((ignored >> (LibC.SIGCHLD - 1) & 1) != 0) {
        LibC.signal(LibC.SIGCHLD, 0);
      }
    }

    private static void require(int errno) {
      if (errno != 0) {
        throw new IllegalStateException(
            "this C library cannot start a process in its own session: "
                + Errno.describe(errno)
                + "\n  fix:  run the worker pool on glibc 2.26 or newer, or on musl");
      }
    }
  }
}
