package dev.drover.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A child's whole environment: a block of native strings that many spawns share, and a few entries
 * laid over it.
 *
 * <p>{@link #of} and {@link #shared} allocate the native strings once; {@link #with} costs no
 * native memory, so that each task can have its own entries. Immutable; any thread may use it. Text
 * is UTF-8.
 */
public final class Environment {
  private final Block block;
  private final Map<String, String> overlay;
  private final String searchPath;

  private Environment(Block block, Map<String, String> overlay) {
    this.block = block;
    this.overlay = overlay;
    String own = overlay.get("PATH");
    this.searchPath = own != null ? own : block.searchPath;
  }

  /** An environment of exactly these entries. */
  public static Environment of(Map<String, String> entries) {
    List<byte[]> texts = new ArrayList<>(entries.size());
    entries.forEach((name, value) -> texts.add(entry(name, value)));
    return new Environment(new Block(texts), Map.of());
  }

  /**
   * The environment that this process was started with, byte for byte, whatever the JVM's charset
   * is.
   */
  public static Environment ofThisProcess() {
    try {
      return ofBlock(Files.readAllBytes(Path.of("/proc/self/environ")));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read this process's own environment", e);
    }
  }

  static Environment ofBlock(byte[] zeroSeparated) {
    Map<String, byte[]> byName = new LinkedHashMap<>();
    int start = 0;
    for (int i = 0; i <= zeroSeparated.length; i++) {
      if (i == zeroSeparated.length || zeroSeparated[i] == 0) {
        byte[] text = java.util.Arrays.copyOfRange(zeroSeparated, start, i);
        if (Block.equalsSign(text) > 0) {
          byName.putIfAbsent(Block.name(text), text);
        }
        start = i + 1;
      }
    }
    return new Environment(new Block(List.copyOf(byName.values())), Map.of());
  }

  /** This environment with one entry added or replaced. */
  public Environment with(String name, String value) {
    return with(Map.of(name, value));
  }

  /** This environment with these entries added or replaced. */
  public Environment with(Map<String, String> entries) {
    Map<String, String> merged = new LinkedHashMap<>(overlay);
    entries.forEach(
        (name, value) -> {
          check(name, value);
          merged.put(name, value);
        });
    return new Environment(block, merged);
  }

  /** The same environment with all entries in one native block: for the base of many spawns. */
  public Environment shared() {
    if (overlay.isEmpty()) {
      return this;
    }
    List<byte[]> texts = new ArrayList<>(block.texts);
    overlay.forEach(
        (name, value) -> {
          Integer at = block.index.get(name);
          if (at == null) {
            texts.add(entry(name, value));
          } else {
            texts.set(at, entry(name, value));
          }
        });
    return new Environment(new Block(texts), Map.of());
  }

  /** The value of an entry; empty when there is none of that name. */
  public Optional<String> get(String name) {
    String own = overlay.get(name);
    return own != null ? Optional.of(own) : block.get(name);
  }

  /** The value of PATH, or null when there is none. */
  String searchPath() {
    return searchPath;
  }

  /** The entries laid over the block, as native text. */
  List<byte[]> overlayTexts() {
    if (overlay.isEmpty()) {
      return List.of();
    }
    List<byte[]> texts = new ArrayList<>(overlay.size());
    overlay.forEach((name, value) -> texts.add(entry(name, value)));
    return texts;
  }

  /** The bytes of scratch that {@link #place} needs for these overlay texts. */
  int scratchBytes(List<byte[]> overlayTexts) {
    if (overlayTexts.isEmpty()) {
      return 0;
    }
    int bytes = 8 * (block.addresses.length + overlayTexts.size() + 2);
    for (byte[] text : overlayTexts) {
      bytes += text.length + 1;
    }
    return bytes;
  }

  /**
   * The address of the table for C: the block's own, or one in scratch when entries lie over it.
   */
  long place(Scratch scratch, List<byte[]> overlayTexts) {
    if (overlayTexts.isEmpty()) {
      return block.table;
    }
    long[] pointers =
        java.util.Arrays.copyOf(block.addresses, block.addresses.length + overlayTexts.size());
    int count = block.addresses.length;
    int next = 0;
    for (String name : overlay.keySet()) {
      long address = scratch.string(overlayTexts.get(next++));
      Integer at = block.index.get(name);
      pointers[at == null ? count++ : at] = address;
    }
    return scratch.table(pointers, count);
  }

  private static byte[] entry(String name, String value) {
    check(name, value);
    return (name + "=" + value).getBytes(StandardCharsets.UTF_8);
  }

  private static void check(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf(0) >= 0) {
      throw new IllegalArgumentException(
          "environment name \""
              + name.replace('\0', '?')
              + "\" is empty or holds '=' or a zero byte");
    }
    if (value.indexOf(0) >= 0) {
      throw new IllegalArgumentException(
          "the value of environment entry " + name + " holds a zero byte");
    }
  }

  /**
   * Native strings and their table, allocated once and freed when nobody refers to them any more.
   */
  private static final class Block {
    final List<byte[]> texts;
    final Map<String, Integer> index = new LinkedHashMap<>();
    final long[] addresses;
    final long table;
    final String searchPath;
    final ByteBuffer memory;

    Block(List<byte[]> texts) {
      this.texts = List.copyOf(texts);
      int tableBytes = 8 * (texts.size() + 1);
      int bytes = tableBytes;
      for (byte[] text : texts) {
        bytes += text.length + 1;
      }
      memory = Scratch.allocateNative(bytes);
      table = Scratch.addressOf(memory);
      addresses = new long[texts.size()];
      int at = tableBytes;
      for (int i = 0; i < addresses.length; i++) {
        byte[] text = texts.get(i);
        addresses[i] = table + at;
        memory.putLong(8 * i, addresses[i]);
        memory.put(at, text);
        at += text.length + 1;
        index.put(name(text), i);
      }
      searchPath = get("PATH").orElse(null);
    }

    Optional<String> get(String name) {
      Integer at = index.get(name);
      if (at == null) {
        return Optional.empty();
      }
      byte[] text = texts.get(at);
      int start = equalsSign(text) + 1;
      return Optional.of(new String(text, start, text.length - start, StandardCharsets.UTF_8));
    }

    static int equalsSign(byte[] text) {
      for (int i = 0; i < text.length; i++) {
        if (text[i] == '=') {
          return i;
        }
      }
      return -1;
    }

    static String name(byte[] text) {
      return new String(text, 0, equalsSign(text), StandardCharsets.UTF_8);
    }
  }
}
