package dev.drover.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * The files of a {@link ReportSpool}, in a folder: each holds reports that follow each other and is
 * named by the number of its first. When one is full, the next is begun, so that whole files can be
 * removed. One thread appends; one other removes; readers belong to one thread each.
 */
final class ReportFiles implements AutoCloseable {
  private static final int INDEXED = 1024;

  private static final class Segment {
    final long first;
    final Path path;

    /** Where every 1,024th report of it begins, from the first on; guarded by itself. */
    final List<Long> index = new ArrayList<>();

    /** Since when all of it has been had, nanoseconds; empty = not yet. Of the removing thread. */
    Long hadSince;

    private long reports;

    Segment(long first, Path path) {
      this.first = first;
      this.path = path;
    }

    void place(long offset) {
      if (reports++ % INDEXED == 0) {
        synchronized (index) {
          index.add(offset);
        }
      }
    }
  }

  private final Path folder;
  private final long fullBytes;
  private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();

  // Of the appending thread.
  private Segment last;
  private RecordFile file;
  private long count;

  private ReportFiles(Path folder, long fullBytes) {
    this.folder = folder;
    this.fullBytes = fullBytes;
  }

  /**
   * Opens the folder, made of mode 0700 when it is missing, and reads all that is in it.
   *
   * @param fullBytes size from which on a file is full, more than zero
   */
  static ReportFiles open(Path folder, long fullBytes, RecordFile.Each each) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    ReportFiles files = new ReportFiles(folder, fullBytes);
    List<Long> firsts;
    try (Stream<Path> names = Files.list(folder)) {
      firsts =
          names
              .map(path -> path.getFileName().toString())
              .filter(name -> name.matches("[1-9][0-9]{0,17}"))
              .map(Long::valueOf)
              .sorted()
              .toList();
    }
    for (long first : firsts.isEmpty() ? List.of(1L) : firsts) {
      files.begin(first, each);
    }
    return files;
  }

  /** Makes the file of that first report the one that is appended to, and reads what is in it. */
  private void begin(long first, RecordFile.Each each) throws IOException {
    if (file != null) {
      file.close();
    }
    Segment segment = new Segment(first, folder.resolve(Long.toString(first)));
    file =
        RecordFile.open(
            segment.path,
            (offset, record) -> {
              segment.place(offset);
              each.record(offset, record);
            });
    last = segment;
    count = first - 1 + segment.reports;
    segments.put(first, segment);
  }

  /** Number of the last report. */
  long count() {
    return count;
  }

  /** Adds a report to those that {@link #flush} writes. */
  void append(long key, List<byte[]> frames) {
    last.place(file.end());
    count++;
    file.append(key, frames);
  }

  int unwrittenBytes() {
    return file.unwrittenBytes();
  }

  /** Writes what was appended. A file that is full then is forced, and the next one begun. */
  void flush() throws IOException {
    file.flush();
    if (file.end() >= fullBytes) {
      file.force(); // only of the last file may a loss of power take something
      begin(count + 1, (offset, record) -> {});
    }
  }

  void force() throws IOException {
    file.force();
  }

  /** Whether reports were removed. */
  boolean isTrimmed() {
    return segments.firstKey() > 1;
  }

  /**
   * Removes files whose reports have all been had for some time.
   *
   * @param number up to which they have been had
   * @param nowNanos of a monotonic clock
   */
  void remove(long number, long nowNanos, Duration after) throws IOException {
    for (Segment segment : segments.values()) {
      Long next = segments.higherKey(segment.first);
      if (next == null) {
        return; // it gives the next report its number
      }
      if (next - 1 > number) {
        segment.hadSince = null;
      } else if (segment.hadSince == null) {
        segment.hadSince = nowNanos;
      } else if (segment == segments.firstEntry().getValue()
          && nowNanos - segment.hadSince >= after.toNanos()) {
        segments.remove(segment.first);
        Files.deleteIfExists(segment.path);
      }
    }
  }

  Reader reader() {
    return new Reader();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Reads reports in their order. Used by one thread. */
  final class Reader implements AutoCloseable {
    private Segment segment;
    private RecordFile open;
    private RecordFile.Reader records;
    private long at;
    private long bytes;

    /** Number of the last report that was read, or passed over because it is gone. */
    long at() {
      return at;
    }

    /** Bytes on disk of all that was read. */
    long bytes() {
      return bytes;
    }

    /** Goes to behind that report; to before the first one that is there, where it is gone. */
    void seek(long number) throws IOException {
      if (segment != null && at == number) {
        return;
      }
      Map.Entry<Long, Segment> holds = segments.floorEntry(number + 1);
      Segment found = (holds == null ? segments.firstEntry() : holds).getValue();
      int place = 0;
      long offset = 0;
      synchronized (found.index) {
        if (!found.index.isEmpty()) {
          long within = Math.max(0, number + 1 - found.first);
          place = (int) Math.min(within / INDEXED, found.index.size() - 1);
          offset = found.index.get(place);
        }
      }
      go(found, offset);
      at = found.first - 1 + (long) place * INDEXED;
      while (at < number && records.next() != null) {
        at++;
      }
    }

    private void go(Segment next, long offset) throws IOException {
      close();
      open = RecordFile.toRead(next.path);
      segment = next;
      records = open.reader(offset);
    }

    /** The next report that is there; null = what was written ends here. */
    RecordFile.Record next() throws IOException {
      while (true) {
        Map.Entry<Long, Segment> next = segments.higherEntry(segment.first);
        boolean ends = next != null && at + 1 >= next.getKey();
        long before = records.at();
        RecordFile.Record record = ends ? null : records.next();
        if (record != null) {
          at++;
          bytes += records.at() - before;
          return record;
        }
        if (next == null) {
          return null;
        }
        go(next.getValue(), 0);
        at = next.getKey() - 1;
      }
    }

    @Override
    public void close() throws IOException {
      if (open != null) {
        open.close();
        open = null;
        segment = null;
      }
    }
  }
}
