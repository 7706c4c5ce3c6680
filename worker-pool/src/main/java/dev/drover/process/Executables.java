package dev.drover.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds programs by name in a task's PATH, and remembers them as a shell's hash table does.
 *
 * <p>Only what was found in an absolute directory is remembered, so a program that appears late is
 * found. One that moved is looked up again after {@link #forget}. Any thread may call.
 */
final class Executables {
  private static final String DEFAULT_PATH = "/bin:/usr/bin";
  private static final int MOST_REMEMBERED = 4096;

  private record Key(String searchPath, String name) {}

  private final ConcurrentHashMap<Key, String> found = new ConcurrentHashMap<>();

  /** The file to execute: {@code argv[0]} itself when it has a slash, else what the PATH yields. */
  String resolve(SpawnRequest request) throws SpawnException {
    String name = request.argv().get(0);
    if (name.indexOf('/') >= 0) {
      return name;
    }
    String known = found.get(key(request));
    return known != null ? known : search(request);
  }

  /** Forgets what the PATH yielded for this request; true when something had been remembered. */
  boolean forget(SpawnRequest request) {
    return found.remove(key(request)) != null;
  }

  private String search(SpawnRequest request) throws SpawnException {
    Key key = key(request);
    boolean sawUnusable = false;
    for (String entry : key.searchPath().split(":", -1)) {
      Path file = request.directory().resolve(entry).resolve(key.name());
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        if (entry.startsWith("/")) {
          if (found.size() >= MOST_REMEMBERED) {
            found.clear();
          }
          found.put(key, file.toString());
        }
        return file.toString();
      }
      sawUnusable |= Files.isRegularFile(file);
    }
    throw SpawnFailure.notInPath(request, key.searchPath(), sawUnusable);
  }

  private static Key key(SpawnRequest request) {
    String searchPath = request.environment().searchPath();
    return new Key(searchPath == null ? DEFAULT_PATH : searchPath, request.argv().get(0));
  }
}
