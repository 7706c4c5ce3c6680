package dev.drover.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.regex.Pattern;
import org.zeromq.ZMQ;

/**
 * The CURVE keys of one run, in a directory of mode 0700 with files of mode 0600: {@code
 * interchange.public}, {@code interchange.secret}, {@code client.public}, {@code client.secret},
 * each one line of Z85 text. Managers are told the directory and never the keys, so that nothing
 * secret stands in a job script, on a command line or in an environment.
 */
public final class CurveKeys {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private static final Pattern Z85_KEY =
      Pattern.compile("[0-9A-Za-z.:+=^!/*?&<>()\\[\\]{}@%$#-]{40}");

  /** A pair in Z85 text, 40 characters each. */
  public record Pair(String publicKey, String secretKey) {}

  private CurveKeys() {}

  /**
   * Makes both pairs in {@code directory}, which is created if need be; keeps those that are there.
   */
  public static void create(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    createPair(directory, "interchange");
    createPair(directory, "client");
  }

  private static void createPair(Path directory, String name) throws IOException {
    ZMQ.Curve.KeyPair pair = ZMQ.Curve.generateKeyPair();
    try {
      write(directory.resolve(name + ".secret"), pair.secretKey);
      write(directory.resolve(name + ".public"), pair.publicKey);
    } catch (FileAlreadyExistsException kept) {
      load(directory, name);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    Files.writeString(file, text + "\n", StandardCharsets.US_ASCII, StandardOpenOption.WRITE);
  }

  /** What the interchange needs of its own. */
  public static Pair interchange(Path directory) throws IOException {
    return load(directory, "interchange");
  }

  /** What managers and clients need of their own. */
  public static Pair client(Path directory) throws IOException {
    return load(directory, "client");
  }

  /** What managers and clients need of the interchange's. */
  public static String interchangePublicKey(Path directory) throws IOException {
    return read(directory.resolve("interchange.public"));
  }

  private static Pair load(Path directory, String name) throws IOException {
    return new Pair(
        read(directory.resolve(name + ".public")), read(directory.resolve(name + ".secret")));
  }

  /** Refuses a key that others can read: it may be known to them by now. */
  private static String read(Path file) throws IOException {
    String text;
    try {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      if (!OWNER_ONLY.containsAll(permissions)) {
        throw new IOException(
            file
                + ": others than its owner can read this key (mode "
                + PosixFilePermissions.toString(permissions)
                + "): start a new run, whose keys nobody has seen");
      }
      text = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      throw new IOException(
          file + ": no such key file: is the run directory visible on this node?", e);
    }
    if (!Z85_KEY.matcher(text).matches()) {
      throw new IOException(file + ": not a CURVE key (40 characters of Z85): start a new run");
    }
    return text;
  }
}
