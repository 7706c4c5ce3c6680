package dev.drover.worker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * SHA-256 hashes of files, remembered as long as path, size, time of change and inode stay the
 * same. Any thread may ask.
 */
public final class FileHashes {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Map<Key, String> known = new ConcurrentHashMap<>();

  /** The hash of the file's content, lower-case hex. */
  public String of(Path file) throws IOException {
    Key before = Key.of(file);
    String hash = known.get(before);
    if (hash == null) {
      hash = hash(file);
      if (before.equals(Key.of(file))) { // else it was being written while it was read
        known.put(before, hash);
      }
    }
    return hash;
  }

  private static String hash(Path file) throws IOException {
    MessageDigest digest = newDigest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** A SHA-256 digest. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK must have SHA-256", e);
    }
  }

  private record Key(Path path, long size, long modifiedNanos, Object inode) {
    static Key of(Path file) throws IOException {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return new Key(
          file.toAbsolutePath(),
          attributes.size(),
          attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
          attributes.fileKey());
    }
  }
}
