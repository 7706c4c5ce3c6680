package dev.drover.headnode;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The host keys that the user trusts, from files in the known_hosts format of sshd(8): hashed
 * names, patterns, {@code [host]:port}, {@code @revoked} and {@code @cert-authority}.
 */
final class KnownHosts {
  /** What the files say of a host and its key. */
  enum Verdict {
    /** It is this host's. */
    TRUSTED,
    /** The host is in none of the files, or only with keys of other kinds. */
    UNKNOWN,
    /** The host is known with another key of this kind. */
    CHANGED,
    /** The key is marked as one that no longer counts, for this host. */
    REVOKED
  }

  /**
   * One line.
   *
   * @param marker {@code @revoked}, {@code @cert-authority} or empty
   * @param names patterns with commas between, or one hashed name
   * @param place file and line, for messages
   */
  record Line(String marker, String names, String type, byte[] key, String place) {
    boolean isFor(String name) {
      return names.startsWith("|1|")
          ? isHashOf(name)
          : HostPatterns.match(List.of(names.split(",")), name);
    }

    private boolean isHashOf(String name) {
      String[] parts = names.split("\\|");
      if (parts.length != 4) {
        return false;
      }
      try {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(parts[2]), "HmacSHA1"));
        byte[] hash = mac.doFinal(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
        return MessageDigest.isEqual(hash, Base64.getDecoder().decode(parts[3]));
      } catch (GeneralSecurityException | IllegalArgumentException e) {
        return false; // a line that is none trusts nobody
      }
    }
  }

  private final List<Line> lines;

  private KnownHosts(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /**
   * Reads the files; those that are not there say nothing.
   *
   * @throws IOException if one is there and cannot be read
   */
  static KnownHosts read(List<Path> files) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (Path file : files) {
      try {
        List<String> texts = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        for (int i = 0; i < texts.size(); i++) {
          line(texts.get(i), file + ":" + (i + 1)).ifPresent(lines::add);
        }
      } catch (NoSuchFileException e) {
        continue;
      }
    }
    return new KnownHosts(lines);
  }

  private static Optional<Line> line(String text, String place) {
    List<String> words = new ArrayList<>(List.of(text.strip().split("[ \t]+")));
    String marker = words.get(0).startsWith("@") ? words.remove(0) : "";
    if (words.size() < 3 || words.get(0).startsWith("#")) {
      return Optional.empty();
    }
    try {
      byte[] key = Base64.getDecoder().decode(words.get(2));
      return Optional.of(new Line(marker, words.get(0), words.get(1), key, place));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * What the files say.
   *
   * @param name the host's, or {@code [host]:port}, of which then the bare host's lines count, too
   *     when they have just this key
   */
  Verdict verdict(String name, byte[] key) {
    List<Line> own = of(name);
    String bare = bare(name);
    List<Line> both = new ArrayList<>(own);
    both.addAll(bare.equals(name) ? List.of() : of(bare));
    if (both.stream().anyMatch(l -> l.marker().equals("@revoked") && same(l, key))) {
      return Verdict.REVOKED;
    }
    if (both.stream().anyMatch(l -> l.marker().isEmpty() && same(l, key))) {
      return Verdict.TRUSTED;
    }
    return otherKey(name, key).isPresent() ? Verdict.CHANGED : Verdict.UNKNOWN;
  }

  /** The line that has another key of the same kind for this very name. */
  Optional<Line> otherKey(String name, byte[] key) {
    return of(name).stream()
        .filter(l -> l.marker().isEmpty() && l.type().equals(typeOf(key)) && !same(l, key))
        .findFirst();
  }

  /** The lines about that name, or about the bare host where it has none of its own. */
  List<Line> known(String name) {
    List<Line> own = of(name);
    return own.isEmpty() ? of(bare(name)) : own;
  }

  private List<Line> of(String name) {
    return lines.stream().filter(line -> line.isFor(name)).toList();
  }

  private static boolean same(Line line, byte[] key) {
    return Arrays.equals(line.key(), key);
  }

  private static String bare(String name) {
    return name.startsWith("[") && name.contains("]:")
        ? name.substring(1, name.indexOf("]:"))
        : name;
  }

  /** The kind of a key, which its bytes begin with: {@code ssh-ed25519} and so on. */
  static String typeOf(byte[] key) {
    int length = key.length < 4 ? 0 : ((key[2] & 0xff) << 8) | (key[3] & 0xff);
    return new String(
        key,
        Math.min(4, key.length),
        Math.min(length, Math.max(0, key.length - 4)),
        StandardCharsets.US_ASCII);
  }

  /** As {@code ssh-keygen -l} prints it: {@code SHA256:…}. */
  static String fingerprint(byte[] key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(key);
      return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
