package dev.drover.classpath;

import dev.drover.task.ClasspathEntry;
import dev.drover.task.ClasspathId;
import dev.drover.worker.FileHashes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * The jars that functions need, in their order, and the name of the whole.
 *
 * @param id hash over the entries' hashes; {@link ClasspathId#NONE} for no entries
 */
public record Classpath(ClasspathId id, List<ClasspathEntry> entries) {
  public Classpath {
    entries = List.copyOf(entries);
  }

  static Classpath of(List<ClasspathEntry> entries) {
    if (entries.isEmpty()) {
      return new Classpath(ClasspathId.NONE, entries);
    }
    MessageDigest digest = FileHashes.newDigest();
    for (ClasspathEntry entry : entries) {
      digest.update(entry.sha256().getBytes(StandardCharsets.US_ASCII));
    }
    return new Classpath(new ClasspathId(HexFormat.of().formatHex(digest.digest())), entries);
  }
}
