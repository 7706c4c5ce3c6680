package dev.drover.site;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The sites that can be named: Drover's own, and those in the folders around. */
public final class SiteCatalogue {
  private final SiteFolders folders;

  /** The shipped sites and those of {@code folders}. */
  public SiteCatalogue(SiteFolders folders) {
    this.folders = folders;
  }

  /** All names, in alphabetical order. */
  public List<String> names() {
    var names = new TreeSet<>(ShippedSites.names());
    names.addAll(namesInFolders());
    return List.copyOf(names);
  }

  /** Where the site of that name is read from, as messages call it. */
  public String place(String name) {
    List<SiteSource> sources = sources(name);
    return sources.isEmpty() ? name : sources.get(0).shownAs();
  }

  /** What the name may mean, the strongest first; empty = nothing. */
  List<SiteSource> sources(String name) {
    var sources = new ArrayList<SiteSource>();
    if (ShippedSites.isName(name)) {
      for (Path file : folders.sites(name)) {
        sources.add(SiteSource.at(file));
      }
      if (ShippedSites.has(name)) {
        sources.add(SiteSource.shipped(name));
      }
    }
    return sources;
  }

  /** The names of sites that lie in the folders, in alphabetical order. */
  List<String> namesInFolders() {
    var names = new TreeSet<String>();
    for (Path folder : folders.siteFolders()) {
      try (Stream<Path> files = Files.list(folder)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(file -> file.endsWith(ShippedSites.SUFFIX))
            .map(file -> file.substring(0, file.length() - ShippedSites.SUFFIX.length()))
            .filter(ShippedSites::isName)
            .forEach(names::add);
      } catch (IOException unreadable) {
        throw new UncheckedIOException("cannot list the sites of " + folder, unreadable);
      }
    }
    return List.copyOf(names);
  }
}
