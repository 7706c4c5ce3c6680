package dev.drover.cli.runs;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.drover.journal.LockHolder;
import dev.drover.journal.RunOverview;
import dev.drover.remote.RunFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Runs as JSON for a program; what is not known is left out. */
final class RunsJson {
  private RunsJson() {}

  static void write(JsonGenerator out, RunFolder.Listing listing, List<RunOverview> runs)
      throws IOException {
    out.writeStringField("command", "runs");
    out.writeStringField("host", listing.host());
    out.writeStringField("folder", listing.folder().toString());
    out.writeArrayFieldStart("runs");
    for (RunOverview run : runs) {
      out.writeStartObject();
      write(out, listing, run);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void write(JsonGenerator out, RunFolder.Listing listing, RunOverview run)
      throws IOException {
    out.writeStringField("name", run.name());
    out.writeStringField("run_directory", listing.folder().resolve(run.name()).toString());
    out.writeStringField("state", word(run.state()));
    if (run.holder().isPresent()) {
      LockHolder holder = run.holder().get();
      out.writeStringField("host", holder.host());
      out.writeNumberField("pid", holder.pid());
    }
    if (run.end().isPresent()) {
      out.writeStringField("how", word(run.end().get().how()));
      out.writeStringField("reason", run.end().get().reason());
    }
    if (run.counts().isPresent()) {
      out.writeNumberField("accepted", run.counts().get().accepted());
      out.writeNumberField("ended", run.counts().get().ended());
      out.writeNumberField("failed", run.counts().get().failed());
    }
    if (!run.site().isEmpty()) {
      out.writeStringField("site", run.site());
    }
    if (!run.headNode().isEmpty()) {
      out.writeStringField("head_node", run.headNode());
    }
    if (run.started().isPresent()) {
      out.writeStringField("started", run.started().get().toString());
    }
    if (run.changed().isPresent()) {
      out.writeNumberField(
          "written_seconds_ago",
          Math.max(0, Duration.between(run.changed().get(), listing.now()).toSeconds()));
    }
    if (!run.problem().isEmpty()) {
      out.writeStringField("problem", run.problem());
    }
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
