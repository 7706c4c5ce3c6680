package dev.drover.headnode;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Who may do what with a file that Drover writes: its owner only. */
public enum FileMode {
  /** The owner reads and writes: 0600. */
  PRIVATE("rw-------", 0600),
  /** The owner may also run it: 0700. */
  PRIVATE_EXECUTABLE("rwx------", 0700);

  private final Set<PosixFilePermission> permissions;
  private final int bits;

  FileMode(String symbolic, int bits) {
    this.permissions = Set.copyOf(PosixFilePermissions.fromString(symbolic));
    this.bits = bits;
  }

  Set<PosixFilePermission> permissions() {
    return permissions;
  }

  int bits() {
    return bits;
  }
}
