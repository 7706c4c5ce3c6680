package dev.drover.worker;

import dev.drover.task.ClasspathEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The jars of a node. One that lies at its submitter's path with the same size and hash is used in
 * place; every other is kept in the cache directory under its hash, and only there after its
 * content was verified. Several managers may share the directory. Any thread may call.
 */
public final class ClasspathStore {
  private static final String USER = "unix:uid";

  private final Path directory;
  private final FileHashes hashes = new FileHashes();

  /**
   * @param directory made with permissions 0700 when it is not there
   * @throws IOException when it cannot be made, when it is another user's, or when others than its
   *     owner may enter: what lies there is run
   */
  public ClasspathStore(Path directory) throws IOException {
    this.directory = directory.toAbsolutePath();
    if (!Files.isDirectory(this.directory)) {
      if (this.directory.getParent() != null) {
        Files.createDirectories(this.directory.getParent());
      }
      try {
        Files.createDirectory(
            this.directory,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        // another manager of this node was faster; looked at below like any other
      }
    }
    Object owner = Files.getAttribute(this.directory, USER, LinkOption.NOFOLLOW_LINKS);
    if (!owner.equals(thisUser())) {
      throw new IOException(
          "the jar cache %s is another user's\n  fix: name another directory, or have it removed"
              .formatted(this.directory));
    }
    Set<PosixFilePermission> permissions =
        Files.getPosixFilePermissions(this.directory, LinkOption.NOFOLLOW_LINKS);
    if (!PosixFilePermissions.toString(permissions).endsWith("------")) {
      throw new IOException(
          "the jar cache %s is open to others (%s)\n  fix: chmod 700 %s, or name another directory"
              .formatted(
                  this.directory, PosixFilePermissions.toString(permissions), this.directory));
    }
  }

  /**
   * Where this process's user keeps jars in a directory that all users of a node share: several may
   * have no name there, as in a container that does not list them, and go by their number.
   */
  public static Path ofThisUserIn(Path shared) throws IOException {
    String name = System.getProperty("user.name", "?");
    String word = name.equals("?") ? thisUser().toString() : name;
    return shared.resolve("drover-jars-" + word.replaceAll("[^A-Za-z0-9_.-]", "_"));
  }

  /** The link of that name is root's, and what it leads to is this process's. */
  private static Object thisUser() throws IOException {
    return Files.getAttribute(Path.of("/proc/self"), USER);
  }

  /** Those entries that must be sent before a task can use them. */
  public List<ClasspathEntry> missing(List<ClasspathEntry> entries) {
    return entries.stream().filter(entry -> locate(entry).isEmpty()).toList();
  }

  /** The verified file of an entry; empty = it is missing here. */
  public Optional<Path> locate(ClasspathEntry entry) {
    Path inPlace = Path.of(entry.path());
    if (inPlace.isAbsolute() && isIntact(inPlace, entry)) {
      return Optional.of(inPlace);
    }
    Path cached = cached(entry);
    return isIntact(cached, entry) ? Optional.of(cached) : Optional.empty();
  }

  /**
   * The verified files of a whole classpath, in its order.
   *
   * @throws IllegalStateException when one is missing
   */
  public List<Path> locateAll(List<ClasspathEntry> entries) {
    List<Path> files = new ArrayList<>(entries.size());
    for (ClasspathEntry entry : entries) {
      files.add(
          locate(entry)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "jar " + entry.path() + " was not yet sent to this node")));
    }
    return List.copyOf(files);
  }

  /** Begins to take in the content of an entry. */
  public Incoming receive(ClasspathEntry entry) throws IOException {
    return new Incoming(entry);
  }

  private Path cached(ClasspathEntry entry) {
    return directory.resolve(entry.sha256() + ".jar");
  }

  // A file that cannot be read is as good as missing: the submitter sends its own.
  private boolean isIntact(Path file, ClasspathEntry entry) {
    try {
      return Files.isRegularFile(file)
          && Files.size(file) == entry.size()
          && hashes.of(file).equals(entry.sha256());
    } catch (IOException | UncheckedIOException | SecurityException e) {
      return false;
    }
  }

  /**
   * One jar on its way in, part by part. Confined to one thread. Closed before {@link #finish}, it
   * leaves nothing behind.
   */
  public final class Incoming implements AutoCloseable {
    private final ClasspathEntry entry;
    private final Path temporary;
    private final OutputStream out;
    private final MessageDigest digest = FileHashes.newDigest();
    private long received;

    private Incoming(ClasspathEntry entry) throws IOException {
      this.entry = entry;
      this.temporary = Files.createTempFile(directory, entry.sha256().substring(0, 8), ".part");
      this.out = Files.newOutputStream(temporary);
    }

    /**
     * Adds the next part, in order.
     *
     * @throws IOException when more comes than the entry has, or the disk is full
     */
    public void append(byte[] part, int offset, int length) throws IOException {
      received += length;
      if (received > entry.size()) {
        throw new IOException(
            "jar %s: %d bytes came, %d were announced"
                .formatted(entry.path(), received, entry.size()));
      }
      digest.update(part, offset, length);
      out.write(part, offset, length);
    }

    /**
     * Verifies the whole and puts it into the cache.
     *
     * @throws IOException when the content is not the announced one; nothing is kept then
     */
    public Path finish() throws IOException {
      out.close();
      String hash = HexFormat.of().formatHex(digest.digest());
      if (received != entry.size() || !hash.equals(entry.sha256())) {
        throw new IOException(
            ("jar %s changed after it was submitted, or was damaged on its way: %d bytes of hash %s"
                    + " came, %d of %s were announced\n  fix: do not rebuild a jar during a run;"
                    + " submit again")
                .formatted(entry.path(), received, hash, entry.size(), entry.sha256()));
      }
      return Files.move(temporary, cached(entry), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void close() throws IOException {
      out.close();
      Files.deleteIfExists(temporary);
    }
  }
}
