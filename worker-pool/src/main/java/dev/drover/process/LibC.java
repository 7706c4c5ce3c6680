package dev.drover.process;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * The functions of the C library that Drover calls, with the constants of Linux on x86_64 and
 * aarch64.
 *
 * <p>Pointers travel as {@code long}, so that JNA's direct mapping converts nothing. Functions that
 * fail with −1 leave their reason in {@link #errno()}; the {@code posix_spawn} family returns it.
 */
final class LibC {
  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EINTR = 4;
  static final int E2BIG = 7;
  static final int ENOEXEC = 8;
  static final int ECHILD = 10;
  static final int EAGAIN = 11;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int EMFILE = 24;
  static final int ETXTBSY = 26;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int EPIPE = 32;
  static final int ENAMETOOLONG = 36;
  static final int ELOOP = 40;
  static final int EDQUOT = 122;

  static final int SIGHUP = 1;
  static final int SIGKILL = 9;
  static final int SIGTERM = 15;
  static final int SIGCHLD = 17;
  static final int SIGCONT = 18;
  static final int SIGSTOP = 19;

  static final int O_RDONLY = 0;
  static final int O_WRONLY = 1;
  static final int O_CREAT = 0x40;
  static final int O_TRUNC = 0x200;
  static final int O_APPEND = 0x400;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;

  static final int F_SETFL = 4;

  static final int P_PID = 1;
  static final int WEXITED = 4;
  static final int WNOWAIT = 0x0100_0000;
  static final int RUSAGE_SELF = 0;

  static final short POSIX_SPAWN_SETSIGDEF = 0x04;
  static final short POSIX_SPAWN_SETSIGMASK = 0x08;
  static final short POSIX_SPAWN_SETSID = 0x80;

  /** Bytes reserved for each opaque structure; both C libraries need at most 336. */
  static final int SPAWN_ATTRIBUTES_BYTES = 512;

  static final int FILE_ACTIONS_BYTES = 256;
  static final int SIGNAL_SET_BYTES = 128;
  static final int SIGNAL_INFO_BYTES = 128;
  static final int RUSAGE_BYTES = 144;

  static {
    Native.register(LibC.class, NativeLibrary.getProcess());
  }

  private LibC() {}

  /** The reason of the calling thread's last failed call. */
  static int errno() {
    return Native.getLastError();
  }

  static boolean has(String function) {
    try {
      NativeLibrary.getProcess().getFunction(function);
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }

  static native int posix_spawn(
      long pid, long path, long fileActions, long attributes, long argv, long envp);

  static native int posix_spawn_file_actions_init(long actions);

  static native int posix_spawn_file_actions_destroy(long actions);

  static native int posix_spawn_file_actions_addopen(
      long actions, int fd, long path, int flags, int mode);

  static native int posix_spawn_file_actions_adddup2(long actions, int fd, int newFd);

  static native int posix_spawn_file_actions_addclose(long actions, int fd);

  static native int posix_spawnattr_init(long attributes);

  static native int posix_spawnattr_setflags(long attributes, short flags);

  static native int posix_spawnattr_setsigmask(long attributes, long set);

  static native int posix_spawnattr_setsigdefault(long attributes, long set);

  static native int sigemptyset(long set);

  static native long signal(int signal, long handler);

  static native int waitid(int idType, int id, long info, int options);

  static native int wait4(int pid, long status, int options, long rusage);

  static native int getrusage(int who, long rusage);

  static native int kill(int pid, int signal);

  static native int pipe2(long fds, int flags);

  static native int fcntl(int fd, int command, long argument);

  static native long write(int fd, long buffer, long count);

  static native int close(int fd);

  static native int sched_getaffinity(int pid, long bytes, long mask);

  static native int sched_setaffinity(int pid, long bytes, long mask);

  /** glibc 2.34 and newer. */
  static final class CloseFrom {
    static {
      Native.register(CloseFrom.class, NativeLibrary.getProcess());
    }

    private CloseFrom() {}

    static native int posix_spawn_file_actions_addclosefrom_np(long actions, int firstFd);
  }

  /** glibc 2.29 and newer, musl 1.1.24 and newer. */
  static final class Chdir {
    static {
      Native.register(Chdir.class, NativeLibrary.getProcess());
    }

    private Chdir() {}

    static native int posix_spawn_file_actions_addchdir_np(long actions, long path);
  }
}
