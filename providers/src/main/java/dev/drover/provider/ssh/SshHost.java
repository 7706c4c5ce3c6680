package dev.drover.provider.ssh;

import static java.util.Objects.requireNonNull;

import dev.drover.headnode.SshAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host of a site without a scheduler, as its file names it: {@code host}, {@code user@host:port},
 * or either with {@code *slots}.
 *
 * @param address where it is; empty = {@code localhost}, this machine, without SSH
 * @param slots workers there, at most; empty = as many as on any node of the site
 */
public record SshHost(Optional<SshAddress> address, OptionalInt slots) {
  private static final String THIS_MACHINE = "localhost";
  private static final Pattern FORM =
      Pattern.compile("(?<where>[^*]+)(?:\\*(?<slots>[0-9]{1,6}))?");

  /** What separates a block's hosts in a job's id, and a list. */
  private static final Pattern TAKEN = Pattern.compile(".*[/,;\\s].*");

  public SshHost {
    requireNonNull(address, "address");
    requireNonNull(slots, "slots");
    if (slots.isPresent() && (slots.getAsInt() < 1 || slots.getAsInt() > 1_000_000)) {
      throw new IllegalArgumentException(
          "the slots of a host are " + slots.getAsInt() + "; give 1 to 1000000, or leave them out");
    }
    address
        .filter(there -> TAKEN.matcher(label(there)).matches())
        .ifPresent(
            there -> {
              throw new IllegalArgumentException(
                  "'" + label(there) + "' is no host: a name has no / , ; and no space");
            });
  }

  /**
   * Reads one.
   *
   * @throws IllegalArgumentException if it is none; the message says what one looks like
   */
  public static SshHost parse(String text) {
    Matcher form = FORM.matcher(text.strip());
    if (!form.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no host; write host or user@host:port, with *slots where it matters");
    }
    OptionalInt slots =
        form.group("slots") == null
            ? OptionalInt.empty()
            : OptionalInt.of(Integer.parseInt(form.group("slots")));
    String where = form.group("where").strip();
    return new SshHost(
        where.equals(THIS_MACHINE) ? Optional.empty() : Optional.of(SshAddress.parse(where)),
        slots);
  }

  /**
   * Reads the text of a hosts file: a host a line; blank lines, and what follows a {@code #}, are
   * nothing.
   *
   * @throws IllegalArgumentException that names all lines that are no host, and hosts that come
   *     twice
   */
  public static List<SshHost> parseFile(String text) {
    List<SshHost> hosts = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String entry = line.replaceFirst("#.*", "").strip();
      if (!entry.isEmpty()) {
        try {
          hosts.add(parse(entry));
        } catch (IllegalArgumentException e) {
          problems.add("line " + number + ": " + e.getMessage());
        }
      }
    }
    problems.addAll(twice(hosts));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return List.copyOf(hosts);
  }

  /** A complaint for each host that is named more than once. */
  public static List<String> twice(List<SshHost> hosts) {
    Map<String, Integer> times = new LinkedHashMap<>();
    hosts.forEach(host -> times.merge(host.name(), 1, Integer::sum));
    return times.entrySet().stream()
        .filter(entry -> entry.getValue() > 1)
        .map(
            entry ->
                "%s is named %d times; name it once, and say *slots for its workers"
                    .formatted(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** Where it is, as the site's file says it, without slots: no other host of a site has it. */
  public String name() {
    return address.map(SshHost::label).orElse(THIS_MACHINE);
  }

  private static String label(SshAddress address) {
    return address.toString().substring("ssh://".length());
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return name() + (slots.isPresent() ? "*" + slots.getAsInt() : "");
  }
}
