package dev.drover.protocol;

import dev.drover.task.ClasspathEntry;
import java.util.ArrayList;
import java.util.List;

/** The entries of a class path on the wire. */
final class ClasspathFields {
  private ClasspathFields() {}

  static void write(FrameWriter out, List<ClasspathEntry> entries) {
    out.array(entries.size());
    for (ClasspathEntry entry : entries) {
      out.array(3);
      out.text(entry.path());
      out.text(entry.sha256());
      out.whole(entry.size());
    }
  }

  static List<ClasspathEntry> read(FrameReader in) throws ProtocolException {
    int size = in.array();
    List<ClasspathEntry> entries = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(3, "a classpath entry");
      entries.add(new ClasspathEntry(in.text(), in.text(), in.whole()));
    }
    return entries;
  }
}
