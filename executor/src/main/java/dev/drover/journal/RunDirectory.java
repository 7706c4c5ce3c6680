package dev.drover.journal;

import dev.drover.journal.RunDirectoryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The folder of one run: {@code <utc time>-<name>}, readable by its user alone. While it is held,
 * no other run can use it; {@link #close} lets it go. Any thread may use it.
 */
public final class RunDirectory implements AutoCloseable {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);
  private static final Set<PosixFilePermission> PRIVATE =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<Set<PosixFilePermission>> MODE =
      PosixFilePermissions.asFileAttribute(PRIVATE);
  private static final int LONGEST_NAME = 80;
  private static final List<String> MARKS =
      List.of("lock", "run.json", "journal.jsonl", "site.properties");

  private final Path path;
  private final Optional<RunLock> lock;

  private RunDirectory(Path path, Optional<RunLock> lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates a new run directory and takes its lock.
   *
   * @param parent the folder that all runs lie in ({@code drover-runs}); created when missing
   * @param name of the run; characters that are awkward in a path become {@code -}
   */
  public static RunDirectory create(Path parent, String name) throws RunDirectoryException {
    return create(parent, name, Instant.now());
  }

  static RunDirectory create(Path parent, String name, Instant now) throws RunDirectoryException {
    Path folder = parent.toAbsolutePath().normalize();
    String base = base(name, now);
    try {
      Files.createDirectories(folder);
      for (int twin = 1; ; twin++) {
        Path path = folder.resolve(twin == 1 ? base : base + "-" + twin);
        try {
          Files.createDirectory(path, MODE);
          return hold(path);
        } catch (FileAlreadyExistsException e) {
          // Another run began in the same second.
        }
      }
    } catch (IOException e) {
      throw typed("cannot create a run directory", folder, e);
    }
  }

  private static String base(String name, Instant now) {
    return STAMP.format(now) + "-" + clean(name);
  }

  /** What {@link #create} would make at that time, were it the only one; touches nothing. */
  public static RunDirectory planned(Path parent, String name, Instant now) {
    return planned(parent.resolve(base(name, now)));
  }

  /** What {@link #openOrCreate} would take or make; touches nothing. */
  public static RunDirectory planned(Path path) {
    return new RunDirectory(path.toAbsolutePath().normalize(), Optional.empty());
  }

  /** Takes an existing run directory, to resume its run. */
  public static RunDirectory open(Path path) throws RunDirectoryException {
    Path directory = checked(path);
    try {
      return hold(directory);
    } catch (IOException e) {
      throw typed("cannot open the run directory", directory, e);
    }
  }

  /** Takes the run directory at {@code path}, or makes one of a missing or empty folder. */
  public static RunDirectory openOrCreate(Path path) throws RunDirectoryException {
    Path directory = path.toAbsolutePath().normalize();
    try {
      if (!Files.exists(directory)) {
        if (directory.getParent() != null) {
          Files.createDirectories(directory.getParent());
        }
        try {
          Files.createDirectory(directory, MODE);
        } catch (FileAlreadyExistsException e) {
          return open(directory);
        }
        return hold(directory);
      }
      return isEmptyDirectory(directory) ? hold(directory) : open(directory);
    } catch (IOException e) {
      throw typed("cannot create the run directory", directory, e);
    }
  }

  /** Looks at an existing run directory without taking it, as a report does; writes nothing. */
  public static RunDirectory view(Path path) throws RunDirectoryException {
    return new RunDirectory(checked(path), Optional.empty());
  }

  public Path path() {
    return path;
  }

  public Path journal() {
    return path.resolve("journal.jsonl");
  }

  public Path siteProperties() {
    return path.resolve("site.properties");
  }

  public Path log() {
    return path.resolve("drover.log");
  }

  /** The folder of one block, which is not created by this. */
  public Path block(String blockId) {
    return blocks().resolve(blockId);
  }

  public Path blocks() {
    return path.resolve("blocks");
  }

  public Path managers() {
    return path.resolve("managers");
  }

  public Path tasks() {
    return path.resolve("tasks");
  }

  /** The folder of the run's keys, mode 0700. */
  public Path keys() {
    return path.resolve("keys");
  }

  /** Whether a run already began here, so that there is something to resume. */
  public boolean hasJournal() {
    return journal().toFile().length() > 0;
  }

  /** The process that uses the directory; empty = none that lives. */
  public Optional<LockHolder> holder() throws RunDirectoryException {
    try {
      return RunLock.holder(path);
    } catch (IOException e) {
      throw typed("cannot read the lock of the run directory", path, e);
    }
  }

  /** Writes {@code run.json}: afterwards there is the old one or the new one, never a part. */
  public void writeHeader(RunHeader header) throws RunDirectoryException {
    Path temporary = path.resolve("run.json.new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(header.toJson());
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(
          temporary,
          path.resolve("run.json"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw typed("cannot write run.json", path, e);
    }
  }

  /** Reads {@code run.json}; empty = it was never written. */
  public Optional<RunHeader> header() throws RunDirectoryException {
    try {
      return Optional.of(RunHeader.fromJson(Files.readAllBytes(path.resolve("run.json"))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new RunDirectoryException(
          Kind.OTHER,
          "cannot read run.json: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
          path.resolve("run.json").toString(),
          "delete the file; the journal beside it stands on its own",
          e);
    }
  }

  /**
   * Lets go of a run that never began, and removes all that is in its directory.
   *
   * @param wasThere whether the directory, empty, was there before: then it stays
   */
  public void discard(boolean wasThere) throws RunDirectoryException {
    close();
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!each.equals(path) || !wasThere) {
          Files.delete(each);
        }
      }
    } catch (IOException e) {
      throw typed("cannot remove the directory of a run that did not begin", path, e);
    }
  }

  /** Lets the directory go, for another run to resume. */
  @Override
  public void close() throws RunDirectoryException {
    if (lock.isPresent()) {
      try {
        lock.get().close();
      } catch (IOException e) {
        throw typed("cannot release the run directory", path, e);
      }
    }
  }

  /** Locks first, so that nothing of a live run is touched. */
  private static RunDirectory hold(Path path) throws IOException {
    RunLock lock = RunLock.take(path);
    try {
      RunDirectory run = new RunDirectory(path, Optional.of(lock));
      Files.setPosixFilePermissions(path, PRIVATE);
      for (Path folder : List.of(run.blocks(), run.managers(), run.tasks(), run.keys())) {
        if (!Files.isDirectory(folder)) {
          Files.createDirectory(folder, MODE);
        }
      }
      Files.setPosixFilePermissions(run.keys(), PRIVATE);
      return run;
    } catch (IOException | RuntimeException | Error e) {
      lock.close();
      throw e;
    }
  }

  private static Path checked(Path path) throws RunDirectoryException {
    Path directory = path.toAbsolutePath().normalize();
    if (!Files.exists(directory)) {
      throw new RunDirectoryException(
          Kind.MISSING,
          "there is no such run directory",
          directory.toString(),
          "give the path of a run, as drover-runs/<time>-<name>",
          null);
    }
    if (!Files.isDirectory(directory)) {
      throw notADirectory("cannot open the run directory", directory, null);
    }
    if (MARKS.stream().noneMatch(mark -> Files.exists(directory.resolve(mark)))) {
      throw new RunDirectoryException(
          Kind.NOT_A_RUN,
          "the directory holds no run: it has neither journal.jsonl nor run.json",
          directory.toString(),
          "give the path of a run, as drover-runs/<time>-<name>, or that of an empty directory",
          null);
    }
    return directory;
  }

  private static boolean isEmptyDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      return !entries.iterator().hasNext();
    }
  }

  private static RunDirectoryException typed(String what, Path path, IOException cause) {
    if (cause instanceof RunDirectoryException typed) {
      return typed;
    }
    String words = DiskTrouble.words(cause);
    if (words.contains("Not a directory") || cause instanceof FileAlreadyExistsException) {
      Path inTheWay =
          cause instanceof FileSystemException e && e.getFile() != null
              ? Path.of(e.getFile())
              : path;
      return notADirectory(what, inTheWay, cause);
    }
    DiskTrouble trouble = DiskTrouble.of(cause);
    Kind kind =
        switch (trouble) {
          case FULL -> Kind.NO_SPACE;
          case DENIED -> Kind.NOT_WRITABLE;
          case OTHER -> Kind.OTHER;
        };
    return new RunDirectoryException(
        kind, what + ": " + words, path.toString(), trouble.mend(), cause);
  }

  private static RunDirectoryException notADirectory(String what, Path path, Throwable cause) {
    return new RunDirectoryException(
        Kind.NOT_A_DIRECTORY,
        what + ": a file lies in its place",
        path.toString(),
        "move the file away, or give another path",
        cause);
  }

  private static String clean(String name) {
    String clean = name.strip().replaceAll("[^A-Za-z0-9._-]+", "-");
    clean = clean.substring(0, Math.min(clean.length(), LONGEST_NAME));
    return clean.isEmpty() ? "run" : clean;
  }
}
