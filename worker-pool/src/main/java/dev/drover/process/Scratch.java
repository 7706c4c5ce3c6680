package dev.drover.process;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One thread's native memory for the arguments and results of C calls: allocated once, used again
 * by each call.
 *
 * <p>A fixed part holds the structures of known size, and a growing part behind it the strings and
 * tables of one spawn. Addresses stay valid until the next {@link #reserve} on the same thread.
 */
final class Scratch {
  static final int PID = 0;
  static final int STATUS = 8;
  static final int PIPE = 16;
  static final int SIGNAL_INFO = 64;
  static final int RUSAGE = SIGNAL_INFO + LibC.SIGNAL_INFO_BYTES;
  static final int RUSAGE_SELF = RUSAGE + LibC.RUSAGE_BYTES;
  static final int MASK = 512;
  private static final int GROWING = MASK + ThreadMask.MASK_BYTES;

  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private ByteBuffer memory;
  private long base;
  private int used;

  private Scratch() {
    allocate(16 * 1024);
  }

  static Scratch ofThread() {
    return OF_THREAD.get();
  }

  /** Native memory that is addressable by C, zeroed. */
  static ByteBuffer allocateNative(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  static long addressOf(ByteBuffer memory) {
    return com.sun.jna.Pointer.nativeValue(Native.getDirectBufferPointer(memory));
  }

  long at(int offset) {
    return base + offset;
  }

  int intAt(int offset) {
    return memory.getInt(offset);
  }

  long longAt(int offset) {
    return memory.getLong(offset);
  }

  void putLong(int offset, long value) {
    memory.putLong(offset, value);
  }

  /**
   * Forgets the last call's strings and makes room for {@code bytes} of new ones, tables and
   * padding included.
   */
  void reserve(int bytes) {
    used = GROWING;
    if (GROWING + bytes > memory.capacity()) {
      allocate(Math.addExact(GROWING, bytes));
    }
  }

  /** The address of a copy of {@code text}, ended by a zero byte. */
  long string(byte[] text) {
    int start = used;
    memory.put(start, text).put(start + text.length, (byte) 0);
    used = start + text.length + 1;
    return base + start;
  }

  /** The address of a table of {@code count} pointers, ended by a null pointer. */
  long table(long[] pointers, int count) {
    int start = (used + 7) & ~7;
    for (int i = 0; i < count; i++) {
      memory.putLong(start + 8 * i, pointers[i]);
    }
    memory.putLong(start + 8 * count, 0);
    used = start + 8 * (count + 1);
    return base + start;
  }

  private void allocate(int bytes) {
    memory = allocateNative(bytes);
    base = addressOf(memory);
    used = GROWING;
  }
}
