package dev.drover.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * This process's control groups, of version 1, 2 or both at once, and what they and those around
 * them limit.
 *
 * <p>A container often shows its cgroup at the root while naming the host's path; a directory that
 * is not there is skipped on the way up.
 */
final class Cgroups {
  private static final long NO_LIMIT_V1 = 1L << 60;

  private final Path root;
  private final List<String> lines;

  Cgroups(Path proc, Path root) {
    this.root = root;
    this.lines = lines(proc.resolve("self/cgroup"));
  }

  /** The lowest cpu quota on the way up, in cpus; empty when there is none. */
  OptionalDouble cpuQuota() {
    List<Double> quotas = new ArrayList<>();
    for (Path group : groups("")) {
      String[] fields = text(group.resolve("cpu.max")).split(" ");
      if (fields.length == 2 && !fields[0].equals("max")) {
        quotas.add(Double.parseDouble(fields[0]) / Double.parseDouble(fields[1]));
      }
    }
    for (Path group : groups("cpu")) {
      OptionalLong quota = number(group.resolve("cpu.cfs_quota_us"));
      OptionalLong period = number(group.resolve("cpu.cfs_period_us"));
      if (quota.orElse(-1) > 0 && period.orElse(0) > 0) {
        quotas.add((double) quota.getAsLong() / period.getAsLong());
      }
    }
    return quotas.stream().mapToDouble(Double::doubleValue).min();
  }

  /**
   * The least memory left below a limit on the way up, in bytes; empty when there is no limit.
   * Cached file pages that the kernel drops first (inactive_file) do not count as used.
   */
  OptionalLong memoryLeft() {
    List<Long> left = new ArrayList<>();
    for (Path group : groups("")) {
      number(group.resolve("memory.max"))
          .ifPresent(limit -> left.add(left(group, limit, "memory.current", "inactive_file")));
    }
    for (Path group : groups("memory")) {
      OptionalLong limit = number(group.resolve("memory.limit_in_bytes"));
      if (limit.isPresent() && limit.getAsLong() < NO_LIMIT_V1) {
        left.add(left(group, limit.getAsLong(), "memory.usage_in_bytes", "total_inactive_file"));
      }
    }
    return left.stream().mapToLong(Long::longValue).min();
  }

  /**
   * How many processes of the own cgroup the kernel killed for want of memory; empty when it does
   * not count them.
   */
  OptionalLong oomKills() {
    for (Path group : groups("memory")) {
      OptionalLong kills = field(group.resolve("memory.oom_control"), "oom_kill");
      if (kills.isPresent()) {
        return kills;
      }
    }
    for (Path group : groups("")) {
      OptionalLong kills = field(group.resolve("memory.events"), "oom_kill");
      if (kills.isPresent()) {
        return kills;
      }
    }
    return OptionalLong.empty();
  }

  private static long left(Path group, long limit, String usage, String cached) {
    long used = number(group.resolve(usage)).orElse(0);
    long droppable = field(group.resolve("memory.stat"), cached).orElse(0);
    return Math.max(0, limit - Math.max(0, used - droppable));
  }

  /**
   * The directories from the own cgroup up to the root, of a version 1 controller or, unnamed, of
   * version 2.
   */
  private List<Path> groups(String controller) {
    List<Path> groups = new ArrayList<>();
    for (String line : lines) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3 && Arrays.asList(fields[1].split(",")).contains(controller)) {
        for (Path mount : mounts(fields[1])) {
          Path path = Path.of(fields[2]).normalize();
          for (int names = path.getNameCount(); names >= 0; names--) {
            Path group = names == 0 ? mount : mount.resolve(path.subpath(0, names));
            if (Files.isDirectory(group)) {
              groups.add(group);
            }
          }
        }
      }
    }
    return groups;
  }

  private List<Path> mounts(String controllers) {
    if (controllers.isEmpty()) {
      Path hybrid = root.resolve("unified");
      return List.of(Files.isDirectory(hybrid) ? hybrid : root);
    }
    List<Path> mounts = new ArrayList<>(List.of(root.resolve(controllers)));
    if (controllers.contains(",")) {
      Arrays.stream(controllers.split(",")).map(root::resolve).forEach(mounts::add);
    }
    return mounts.stream().filter(Files::isDirectory).limit(1).toList();
  }

  private static OptionalLong field(Path file, String name) {
    return lines(file).stream()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1).strip()))
        .findFirst();
  }

  private static OptionalLong number(Path file) {
    String text = text(file);
    if (text.matches("-?[0-9]{1,18}")) {
      return OptionalLong.of(Long.parseLong(text));
    }
    return OptionalLong.empty();
  }

  private static String text(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? "" : lines.get(0).strip();
  }

  /** The lines of a file; none when it is not there, as with a controller that is not in use. */
  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
  }
}
