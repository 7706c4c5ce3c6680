package dev.drover.interchange;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * Where a live interchange is found by clients: the file {@code interchange} beside the run's keys,
 * of mode 0600. One line for each address, {@code host:port}, and {@code plain} behind it when
 * nothing is encrypted. Where one on a head node is found by its submitter says the file {@code
 * submission}: the address to attach at, then that of the sealed frames.
 *
 * @param file its name
 * @param addresses each {@code host:port}
 * @param encrypted whether clients need the run's keys
 */
public record ClientAddresses(String file, List<String> addresses, boolean encrypted) {
  private static final String FILE = "interchange";
  private static final String SUBMISSION = "submission";
  private static final String PLAIN = " plain";

  public ClientAddresses {
    addresses = List.copyOf(addresses);
  }

  /** Those of managers and clients. */
  public ClientAddresses(List<String> addresses, boolean encrypted) {
    this(FILE, addresses, encrypted);
  }

  /** Those of submitters. */
  public static ClientAddresses forSubmitters(List<String> addresses) {
    return new ClientAddresses(SUBMISSION, addresses, true);
  }

  /** Appears whole or not at all. */
  public void write(Path keys) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String address : addresses) {
      text.append(address).append(encrypted ? "" : PLAIN).append('\n');
    }
    Path unfinished = keys.resolve(file + ".new");
    Files.deleteIfExists(unfinished);
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        unfinished, text, StandardCharsets.US_ASCII, StandardOpenOption.TRUNCATE_EXISTING);
    Files.move(
        unfinished,
        keys.resolve(file),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * Reads what the last interchange of the run wrote.
   *
   * @throws IOException when there is none, saying so
   */
  public static ClientAddresses read(Path keys) throws IOException {
    return read(keys, FILE);
  }

  /**
   * Reads what the last interchange on a head node wrote for its submitter.
   *
   * @throws IOException when there is none, saying so
   */
  public static ClientAddresses readForSubmitters(Path keys) throws IOException {
    return read(keys, SUBMISSION);
  }

  private static ClientAddresses read(Path keys, String file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(keys.resolve(file), StandardCharsets.US_ASCII);
    } catch (NoSuchFileException e) {
      throw new IOException("it has not told its address yet (" + keys.resolve(file) + ")", e);
    }
    boolean plain = lines.stream().anyMatch(line -> line.endsWith(PLAIN));
    return new ClientAddresses(
        file, lines.stream().map(line -> line.split(" ")[0]).toList(), !plain);
  }

  /** The interchange has ended. */
  public static void delete(Path keys) throws IOException {
    Files.deleteIfExists(keys.resolve(FILE));
    Files.deleteIfExists(keys.resolve(SUBMISSION));
  }
}
