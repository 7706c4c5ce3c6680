package dev.drover.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where site files of others than Drover lie, and files that are laid over them. Each folder may
 * hold {@code drover.properties}, laid over every site, {@code <name>.properties}, laid over the
 * site of that name, the folder {@code sites} with sites of its own, and the folder {@code
 * families} with files that are laid beneath all sites of a scheduler; the project's has {@code
 * drover.properties} and {@code drover-sites}.
 *
 * @param system the machine's, {@code /etc/drover}
 * @param user the user's, {@code ~/.config/drover}
 * @param project where the run is started; the strongest
 */
public record SiteFolders(Optional<Path> system, Optional<Path> user, Optional<Path> project) {
  /** No folder: only the shipped sites and the files that are named. */
  public static final SiteFolders NONE =
      new SiteFolders(Optional.empty(), Optional.empty(), Optional.empty());

  private static final String FOR_ALL = "drover" + ShippedSites.SUFFIX;

  /** {@code /etc/drover}, {@code $XDG_CONFIG_HOME/drover} or its like, the current directory. */
  public static SiteFolders ofThisProcess(Map<String, String> environment) {
    String configured = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path home =
        configured.startsWith("/") // a relative one counts as unset, says its specification
            ? Path.of(configured)
            : Path.of(System.getProperty("user.home"), ".config");
    return new SiteFolders(
        Optional.of(Path.of("/etc/drover")),
        Optional.of(home.resolve("drover")),
        Optional.of(Path.of("")));
  }

  /**
   * A file that is laid over a site.
   *
   * @param forAllSites whether it is laid over every other site too
   */
  record Layer(Path file, boolean forAllSites) {}

  // Each start comes through here: loops, since a lambda costs a fresh JVM a class.

  /** What is laid over the site of that name, the strongest last; files that are there. */
  List<Layer> over(String name) {
    var layers = new ArrayList<Layer>();
    for (Optional<Path> folder : List.of(system, user)) {
      if (folder.isPresent()) {
        Path own = folder.get().resolve(name + ShippedSites.SUFFIX);
        addIfThere(layers, new Layer(folder.get().resolve(FOR_ALL), true));
        if (!own.endsWith(FOR_ALL)) {
          addIfThere(layers, new Layer(own, false));
        }
      }
    }
    if (project.isPresent()) {
      addIfThere(layers, new Layer(project.get().resolve(FOR_ALL), true));
    }
    return layers;
  }

  /** What these folders have for all sites of a scheduler, the strongest first. */
  List<Path> families(String scheduler) {
    var files = new ArrayList<Path>();
    for (Optional<Path> folder : List.of(user, system)) {
      if (folder.isPresent()) {
        Path file = folder.get().resolve(SchedulerFamily.FOLDER + scheduler + ShippedSites.SUFFIX);
        if (isThere(file)) {
          files.add(file);
        }
      }
    }
    return files;
  }

  private static void addIfThere(List<Layer> layers, Layer layer) {
    if (isThere(layer.file())) {
      layers.add(layer);
    }
  }

  /** The site files of that name, the strongest first. */
  List<Path> sites(String name) {
    var files = new ArrayList<Path>();
    for (Path folder : siteFolders()) {
      Path file = folder.resolve(name + ShippedSites.SUFFIX);
      if (isThere(file)) {
        files.add(file);
      }
    }
    return files;
  }

  /** The folders with sites of their own that are there, the strongest first. */
  List<Path> siteFolders() {
    var folders = new ArrayList<Path>();
    addFolder(folders, project, "drover-sites");
    addFolder(folders, user, "sites");
    addFolder(folders, system, "sites");
    return folders;
  }

  private static void addFolder(List<Path> folders, Optional<Path> parent, String name) {
    if (parent.isPresent() && Files.isDirectory(parent.get().resolve(name))) {
      folders.add(parent.get().resolve(name));
    }
  }

  /** Also for a link that leads nowhere, which is a problem and not an absent file. */
  private static boolean isThere(Path file) {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Why a file that was found, and not named, is not to be trusted: it says what runs, and a
   * stranger may have left it where everybody may write. Empty = it may be used.
   */
  Optional<String> distrust(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    try {
      var attributes = Files.readAttributes(file, PosixFileAttributes.class);
      String owner = attributes.owner().getName();
      boolean ours =
          owner.equals("root")
              || owner.equals(System.getProperty("user.name"))
              || isOfThisUser(file);
      boolean open =
          isOpen(attributes) || isOpen(Files.readAttributes(folder, PosixFileAttributes.class));
      return open && !ours
          ? Optional.of(
              "is not read: it belongs to %s, and everybody may write there; start elsewhere"
                  .formatted(owner))
          : Optional.empty();
    } catch (IOException | UnsupportedOperationException unknown) {
      return Optional.empty(); // reading it will tell, or there are no such owners
    }
  }

  /** By number: a user may have no name here, as in a container that does not list them. */
  private static boolean isOfThisUser(Path file) {
    try {
      return Files.getAttribute(file, "unix:uid")
          .equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return false; // not on Linux
    }
  }

  private static boolean isOpen(PosixFileAttributes attributes) {
    return attributes.permissions().contains(PosixFilePermission.OTHERS_WRITE);
  }
}
