package dev.drover.headnode;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an SSH server is, as a user writes it: {@code ssh://[user@]host[:port]}, or the same
 * without {@code ssh://}. What is not said comes from {@code ~/.ssh/config}.
 *
 * @param user to log in as; empty = the configuration's, else this machine's user
 * @param host a name, an address (IPv6 in brackets), or a {@code Host} of the configuration
 * @param port 1 to 65535; empty = the configuration's, else 22
 */
public record SshAddress(Optional<String> user, String host, OptionalInt port) {
  private static final Pattern FORM =
      Pattern.compile(
          "(?:ssh://)?(?:(?<user>[^@/:\\s]+)@)?(?<host>\\[[0-9A-Fa-f:.%]+]|[^@/:\\s\\[\\]-][^@/:\\s\\[\\]]*)"
              + "(?::(?<port>[0-9]{1,5}))?/?");

  public SshAddress {
    requireNonNull(user, "user");
    if (host.isBlank() || user.isPresent() && user.get().isBlank()) {
      throw new IllegalArgumentException("an SSH address without a host or with a blank user");
    }
    if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
      throw new IllegalArgumentException(
          "the port of " + host + " is " + port.getAsInt() + "; give 1 to 65535");
    }
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none; the message says what one looks like
   */
  public static SshAddress parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'"
              + text
              + "' is no SSH address; write ssh://user@host:port (user and port may be left out,"
              + " an IPv6 address stands in brackets; no password, no path)");
    }
    String host = form.group("host");
    return new SshAddress(
        Optional.ofNullable(form.group("user")),
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        form.group("port") == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(form.group("port"))));
  }

  /** Reads several with commas between, the first hop first; a blank text is none. */
  public static List<SshAddress> parseAll(String text) {
    List<SshAddress> addresses = new ArrayList<>();
    for (String one : text.isBlank() ? new String[0] : text.split(",", -1)) {
      addresses.add(parse(one));
    }
    return List.copyOf(addresses);
  }

  /** {@code ssh://user@host:port}, without what is not said. */
  @Override
  public String toString() {
    return "ssh://"
        + user.map(name -> name + "@").orElse("")
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + (port.isPresent() ? ":" + port.getAsInt() : "");
  }
}
