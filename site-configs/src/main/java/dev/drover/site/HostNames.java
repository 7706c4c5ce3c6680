package dev.drover.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * What this machine is called, found without asking a name server: a login node must start fast
 * also while its network is slow.
 */
public final class HostNames {
  private HostNames() {}

  /** The kernel's name of this machine, and that name within each domain that it searches. */
  public static List<String> ofThisMachine() {
    return of(Path.of("/proc/sys/kernel/hostname"), Path.of("/etc/resolv.conf"), System.getenv());
  }

  /** As those files have it; without the first, {@code HOSTNAME} is believed. */
  static List<String> of(Path kernel, Path resolver, Map<String, String> environment) {
    List<String> first = lines(kernel);
    String name = first.isEmpty() ? environment.getOrDefault("HOSTNAME", "") : first.get(0).strip();
    if (name.isEmpty()) {
      return List.of();
    }
    var names = new LinkedHashSet<String>();
    names.add(name);
    for (String line : lines(resolver)) {
      String[] words = line.strip().split("\\s+");
      if (words[0].equals("search") || words[0].equals("domain")) {
        for (int i = 1; i < words.length; i++) {
          names.add(name + "." + words[i]);
        }
      }
    }
    return List.copyOf(names);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException absent) {
      return List.of();
    }
  }
}
