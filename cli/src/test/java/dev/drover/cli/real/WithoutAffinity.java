package dev.drover.cli.real;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;

/**
 * Becomes another program, to which and to whose children the kernel refuses every {@code
 * sched_setaffinity}, as some containers do: a seccomp filter answers EPERM.
 */
final class WithoutAffinity {
  /** Exit code where no such filter can be set. */
  static final int UNABLE = 77;

  private static final int PR_SET_SECCOMP = 22;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int SECCOMP_MODE_FILTER = 2;

  private static final int LOAD_WORD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int ALLOW = 0x7fff_0000;
  private static final int EPERM = 0x0005_0000 + 1;

  private WithoutAffinity() {}

  /** What is called of the C library. */
  public interface LibC extends Library {
    int prctl(int option, long argument, Pointer address, long unused, long none);

    int execv(String path, String[] argv);
  }

  /**
   * @param command an absolute path, and its arguments
   */
  public static void main(String[] command) {
    LibC libC = Native.load("c", LibC.class);
    int call = System.getProperty("os.arch").equals("aarch64") ? 122 : 203;
    Memory instructions = new Memory(4 * 8);
    instruction(instructions, 0, LOAD_WORD, 0, 0); // the number of the system call
    instruction(instructions, 1, JUMP_IF_EQUAL, 1, call);
    instruction(instructions, 2, RETURN, 0, EPERM);
    instruction(instructions, 3, RETURN, 0, ALLOW);
    Memory filter = new Memory(16);
    filter.setShort(0, (short) 4);
    filter.setPointer(8, instructions);
    if (libC.prctl(PR_SET_NO_NEW_PRIVS, 1, Pointer.NULL, 0, 0) == 0
        && libC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter, 0, 0) == 0) {
      libC.execv(command[0], command);
    }
    System.exit(UNABLE);
  }

  /**
   * @param ifNot instructions that are passed over when a jump's condition does not hold
   */
  private static void instruction(Memory to, int index, int code, int ifNot, int operand) {
    to.setShort(8L * index, (short) code);
    to.setByte(8L * index + 2, (byte) 0);
    to.setByte(8L * index + 3, (byte) ifNot);
    to.setInt(8L * index + 4, operand);
  }
}
