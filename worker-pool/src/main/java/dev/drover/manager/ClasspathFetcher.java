package dev.drover.manager;

import dev.drover.protocol.FromManager;
import dev.drover.protocol.ToManager;
import dev.drover.task.ClasspathEntry;
import dev.drover.task.ClasspathId;
import dev.drover.worker.ClasspathStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Gets the jars of Java tasks to this node: those that lie here already are used in place, the
 * others are asked of the interchange, part by part. Its fields are the loop thread's; hashing and
 * writing happen on a thread of its own.
 */
final class ClasspathFetcher implements AutoCloseable {
  /** The jars as files of this node, or why there are none. */
  record Jars(List<String> paths, String problem) {}

  /** A classpath on its way. */
  private static final class Fetch {
    final ClasspathId id;
    final List<Consumer<Jars>> waiting = new ArrayList<>();
    final ArrayDeque<ClasspathEntry> missing = new ArrayDeque<>();
    List<ClasspathEntry> entries = List.of();
    ClasspathStore.Incoming incoming;
    FromManager lastAsked;

    Fetch(ClasspathId id) {
      this.id = id;
    }
  }

  private final ClasspathStore store;
  private final Predicate<FromManager> send;
  private final Consumer<Runnable> onLoop;
  private final Map<ClasspathId, Jars> ready = new HashMap<>();
  private final Map<ClasspathId, Fetch> fetches = new HashMap<>();
  private final ExecutorService disk =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "drover-classpath");
            thread.setDaemon(true);
            return thread;
          });

  ClasspathFetcher(ClasspathStore store, Predicate<FromManager> send, Consumer<Runnable> onLoop) {
    this.store = store;
    this.send = send;
    this.onLoop = onLoop;
    ready.put(ClasspathId.NONE, new Jars(List.of(), ""));
  }

  /** Gives the jars to {@code then}, at once when they are here. */
  void want(ClasspathId id, Consumer<Jars> then) {
    Jars jars = ready.get(id);
    if (jars != null) {
      then.accept(jars);
      return;
    }
    Fetch fetch = fetches.get(id);
    if (fetch == null) {
      fetch = new Fetch(id);
      fetches.put(id, fetch);
      ask(fetch, new FromManager.NeedClasspath(id.hash()));
    }
    fetch.waiting.add(then);
  }

  /** A new session stands: what was asked and not answered is asked again. */
  void rejoined() {
    fetches.values().forEach(fetch -> send.test(fetch.lastAsked));
  }

  private void ask(Fetch fetch, FromManager question) {
    fetch.lastAsked = question;
    send.test(question); // without a session it is asked again when there is one
  }

  void came(ToManager.Classpath message) {
    Fetch fetch = fetches.get(new ClasspathId(message.id()));
    if (fetch == null) {
      return;
    }
    fetch.entries = message.entries();
    disk.execute(
        () -> {
          List<ClasspathEntry> missing = store.missing(message.entries());
          onLoop.accept(
              () -> {
                fetch.missing.clear();
                fetch.missing.addAll(missing);
                next(fetch);
              });
        });
  }

  private void next(Fetch fetch) {
    ClasspathEntry entry = fetch.missing.peekFirst();
    if (entry != null) {
      ask(fetch, new FromManager.NeedFile(entry.sha256(), 0));
      return;
    }
    disk.execute(
        () -> {
          try {
            List<String> paths =
                store.locateAll(fetch.entries).stream().map(Path::toString).toList();
            onLoop.accept(() -> done(fetch, new Jars(paths, "")));
          } catch (RuntimeException e) {
            onLoop.accept(() -> failed(fetch, e.getMessage()));
          }
        });
  }

  void came(ToManager.FilePart part) {
    for (Fetch fetch : List.copyOf(fetches.values())) {
      ClasspathEntry entry = fetch.missing.peekFirst();
      if (entry != null && entry.sha256().equals(part.sha256())) {
        if (!part.problem().isEmpty()) {
          failed(fetch, entry.path() + ": " + part.problem());
        } else {
          disk.execute(() -> take(fetch, entry, part));
        }
      }
    }
  }

  /** On the disk's thread. */
  private void take(Fetch fetch, ClasspathEntry entry, ToManager.FilePart part) {
    try {
      if (part.offset() == 0) {
        if (fetch.incoming != null) {
          fetch.incoming.close();
        }
        fetch.incoming = store.receive(entry);
      }
      fetch.incoming.append(part.bytes().bytes(), 0, part.bytes().size());
      if (!part.last()) {
        long offset = part.offset() + part.bytes().size();
        onLoop.accept(() -> ask(fetch, new FromManager.NeedFile(entry.sha256(), offset)));
        return;
      }
      fetch.incoming.finish();
      fetch.incoming = null;
      onLoop.accept(
          () -> {
            fetch.missing.pollFirst();
            next(fetch);
          });
    } catch (IOException e) {
      onLoop.accept(() -> failed(fetch, e.getMessage()));
    }
  }

  private void done(Fetch fetch, Jars jars) {
    fetches.remove(fetch.id);
    if (jars.problem().isEmpty()) {
      ready.put(fetch.id, jars);
    }
    fetch.waiting.forEach(waiting -> waiting.accept(jars));
  }

  private void failed(Fetch fetch, String problem) {
    done(fetch, new Jars(List.of(), "its classes did not reach this node: " + problem));
  }

  @Override
  public void close() {
    disk.shutdownNow();
  }
}
