package dev.drover.process;

/** Words for the error numbers that starting and signalling processes can give. */
final class Errno {
  private Errno() {}

  static String describe(int errno) {
    return switch (errno) {
      case LibC.EPERM -> "operation not permitted (EPERM)";
      case LibC.ENOENT -> "no such file or directory (ENOENT)";
      case LibC.ESRCH -> "no such process (ESRCH)";
      case LibC.E2BIG -> "arguments and environment are too long (E2BIG)";
      case LibC.ENOEXEC -> "not a program that this machine can run (ENOEXEC)";
      case LibC.ECHILD -> "no such child (ECHILD)";
      case LibC.EAGAIN -> "the limit on processes is reached (EAGAIN)";
      case LibC.ENOMEM -> "out of memory (ENOMEM)";
      case LibC.EACCES -> "permission denied (EACCES)";
      case LibC.ENOTDIR -> "a part of the path is not a directory (ENOTDIR)";
      case LibC.EISDIR -> "is a directory (EISDIR)";
      case LibC.EINVAL -> "invalid argument (EINVAL)";
      case LibC.EMFILE -> "too many open files (EMFILE)";
      case LibC.ETXTBSY -> "the program is being written (ETXTBSY)";
      case LibC.ENOSPC -> "no space left on the file system (ENOSPC)";
      case LibC.EROFS -> "read-only file system (EROFS)";
      case LibC.EPIPE -> "nobody reads the pipe (EPIPE)";
      case LibC.ENAMETOOLONG -> "a name is too long (ENAMETOOLONG)";
      case LibC.ELOOP -> "too many symbolic links (ELOOP)";
      case LibC.EDQUOT -> "disk quota exceeded (EDQUOT)";
      default -> "error " + errno;
    };
  }
}
