package dev.drover.remote;

import dev.drover.classpath.FileParts;
import dev.drover.interchange.TaskFiles;
import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.ToManager;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.ClasspathEntry;
import dev.drover.worker.ClasspathStore;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The classes of a remote submitter's functions, kept in the run directory for managers that ask,
 * also while the submitter is away: {@code classes/<hash>.jar}, and {@code classes/<id>.classpath}
 * once all jars of one are there. Any thread may call; the disk has a thread of its own, {@code
 * drover-files}.
 */
public final class KeptClasspaths implements TaskFiles, AutoCloseable {
  private static final String COMPLETE = ".classpath";

  /** Who is told what is missing. Called on the disk's thread. */
  interface Listener {
    void wants(ToSubmitter.NeedFile need);

    void complete(String id);

    void failed(String reason);
  }

  private final Path directory;
  private final ClasspathStore store;
  private final Map<String, List<ClasspathEntry>> complete = new ConcurrentHashMap<>();
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "drover-files");
            thread.setDaemon(true);
            return thread;
          });
  private volatile Listener listener;

  // Of the disk's thread: the classpath that is on its way.
  private String id = "";
  private List<ClasspathEntry> entries = List.of();
  private final ArrayDeque<ClasspathEntry> missing = new ArrayDeque<>();
  private ClasspathStore.Incoming incoming;
  private long received;

  /**
   * @param directory made when it is missing; what an earlier process of the run kept there is used
   */
  public KeptClasspaths(Path directory) throws IOException {
    this.directory = directory.toAbsolutePath();
    this.store = new ClasspathStore(this.directory);
    try (Stream<Path> files = Files.list(this.directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(COMPLETE)).toList()) {
        String name = file.getFileName().toString();
        List<ClasspathEntry> found = read(file);
        if (store.missing(found).isEmpty()) {
          complete.put(name.substring(0, name.length() - COMPLETE.length()), found);
        }
      }
    }
  }

  private static List<ClasspathEntry> read(Path file) throws IOException {
    List<ClasspathEntry> entries = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      String[] words = line.split(" ", 3);
      entries.add(new ClasspathEntry(words[2], words[0], Long.parseLong(words[1])));
    }
    return entries;
  }

  void listener(Listener told) {
    listener = told;
  }

  /** The ids of the classpaths whose files are all here. */
  Set<String> complete() {
    return complete.keySet();
  }

  /** Takes in what the submitter said: a {@code Classpath} or a {@code FilePart}. */
  void keep(FromSubmitter message) {
    disk.execute(
        () -> {
          try {
            if (message instanceof FromSubmitter.Classpath classpath) {
              begin(classpath);
            } else if (message instanceof FromSubmitter.FilePart part) {
              add(part);
            }
          } catch (IOException e) {
            listener.failed("the classes of the tasks cannot be kept: " + e.getMessage());
          }
        });
  }

  private void begin(FromSubmitter.Classpath classpath) throws IOException {
    ClasspathEntry before = incoming == null ? null : missing.peekFirst();
    id = classpath.id();
    entries = classpath.entries();
    missing.clear();
    entries.stream().filter(entry -> place(entry).isEmpty()).forEach(missing::add);
    if (before != null && !before.equals(missing.peekFirst())) {
      incoming.close();
      incoming = null;
    }
    next();
  }

  private void next() throws IOException {
    ClasspathEntry wanted = missing.peekFirst();
    if (wanted == null) {
      finish();
      return;
    }
    if (incoming == null) {
      incoming = store.receive(wanted);
      received = 0;
    }
    listener.wants(new ToSubmitter.NeedFile(wanted.sha256(), received));
  }

  private void add(FromSubmitter.FilePart part) throws IOException {
    if (incoming == null
        || !part.sha256().equals(missing.peekFirst().sha256())
        || part.offset() != received) {
      return; // asked for twice
    }
    incoming.append(part.bytes().bytes(), 0, part.bytes().size());
    received += part.bytes().size();
    if (part.last()) {
      incoming.finish();
      incoming = null;
      missing.pollFirst();
    }
    next();
  }

  /** The file of an entry: at the submitter's own path, among this program's own, or kept. */
  private Optional<Path> place(ClasspathEntry entry) {
    return Stream.concat(
            Stream.of(entry.path()),
            Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)))
        .filter(path -> !path.isEmpty())
        .map(path -> Path.of(path).toAbsolutePath().toString())
        .flatMap(
            path -> store.locate(new ClasspathEntry(path, entry.sha256(), entry.size())).stream())
        .findFirst();
  }

  private void finish() throws IOException {
    List<ClasspathEntry> here = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (ClasspathEntry entry : entries) {
      Path path =
          place(entry).orElseThrow(() -> new IOException(entry.path() + " has gone from here"));
      here.add(new ClasspathEntry(path.toString(), entry.sha256(), entry.size()));
      lines.append("%s %d %s%n".formatted(entry.sha256(), entry.size(), path));
    }
    Path unfinished = directory.resolve(id + ".new");
    Files.writeString(unfinished, lines);
    Files.move(unfinished, directory.resolve(id + COMPLETE), StandardCopyOption.REPLACE_EXISTING);
    complete.put(id, here);
    listener.complete(id);
  }

  @Override
  public Optional<List<ClasspathEntry>> classpath(String wanted) {
    return Optional.ofNullable(complete.get(wanted));
  }

  @Override
  public void read(String sha256, long offset, Consumer<ToManager.FilePart> answer) {
    disk.execute(
        () ->
            answer.accept(
                complete.values().stream()
                    .flatMap(List::stream)
                    .filter(entry -> entry.sha256().equals(sha256))
                    .findFirst()
                    .map(entry -> FileParts.read(Path.of(entry.path()), sha256, offset))
                    .orElseGet(
                        () ->
                            FileParts.none(sha256, offset, "there is no file of hash " + sha256))));
  }

  @Override
  public void close() {
    disk.shutdownNow();
  }
}
