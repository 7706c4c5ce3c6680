package dev.drover.headnode;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may do what with a file that Drover writes: its owner only. */
public enum FileMode {
  /** The owner reads and writes: 0600. */
  PRIVATE("rw-------"),
  /** The owner may also run it: 0700. */
  PRIVATE_EXECUTABLE("rwx------");

  private final Set<PosixFilePermission> permissions;

  FileMode(String symbolic) {
    this.permissions = Set.copyOf(PosixFilePermissions.fromString(symbolic));
  }

  Set<PosixFilePermission> permissions() {
    return permissions;
  }
}
