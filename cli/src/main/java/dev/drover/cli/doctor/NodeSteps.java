package dev.drover.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.drover.pinning.CpuSet;
import dev.drover.site.Site;
import dev.drover.site.SiteKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a task on a compute node found, as steps. */
final class NodeSteps {
  private static final String ADDRESS = "node address";
  private static final String CLOCK = "node clock";
  private static final String NODE = "node";

  private final Site site;
  private final Checkup checkup;

  NodeSteps(Site site, Checkup checkup) {
    this.site = site;
    this.checkup = checkup;
  }

  static boolean has(Step step) {
    return List.of(ADDRESS, CLOCK, NODE).contains(step.name());
  }

  /**
   * Reads what the task has left, and tells it.
   *
   * @param run directory of the run there
   * @param endedMicros when the task ended, by the node's clock
   * @param heard when this process heard of that
   */
  void tell(There there, Path run, long endedMicros, Instant heard) throws IOException {
    There.Answer facts = there.ask("facts", run.toString());
    String address = facts.of("address");
    String at = there.ask("interface", address).of("interface");
    checkup.add(
        Step.ok(
            ADDRESS,
            "the node reaches the interchange at %s%s"
                .formatted(
                    address,
                    at.isEmpty() ? "" : ", which is " + at + " of " + there.node().host())));
    checkup.add(clock(Skew.of(there.ask("clock")), endedMicros, heard));
    checkup.add(node(site, new ObjectMapper().readTree(facts.of("report"))));
  }

  /** Told to a second: the task's end takes a moment to be heard of. */
  static Step clock(Skew interchange, long endedMicros, Instant heard) {
    Duration ahead =
        Duration.ofMillis(endedMicros / 1000 - heard.toEpochMilli()).minus(interchange.ahead());
    return new Skew(ahead, Duration.ofSeconds(1).plus(interchange.error()))
        .step(CLOCK, "the interchange's", "tell the administrators: nodes want a time server");
  }

  static Step node(Site site, JsonNode report) {
    int cpus = CpuSet.parse(report.path("cpus").asText()).size();
    int accelerators = report.path("accelerators").size();
    List<String> odd = new ArrayList<>();
    int said = site.get(SiteKeys.NODE_CPUS);
    if (said > 0 && said != cpus) {
      odd.add("node.cpus says %d cpus, and a job has %d".formatted(said, cpus));
    }
    int asked = site.get(SiteKeys.PROVIDER_ACCELERATORS_PER_NODE);
    if (accelerators < asked) {
      odd.add(
          "provider.accelerators-per-node asks for %d, and %d are seen"
              .formatted(asked, accelerators));
    }
    report.path("warnings").forEach(warning -> odd.add(warning.asText()));
    String found =
        String.format(
            Locale.ROOT,
            "%s: %d cpus, %.1f GiB, %d accelerators, Java %s; %d workers, bound by %s",
            report.path("host").asText(),
            cpus,
            report.path("memory_bytes").asLong() / (double) (1L << 30),
            accelerators,
            report.path("java").asText(),
            report.path("workers").asInt(),
            report.path("bound_by").asText());
    return odd.isEmpty()
        ? Step.ok(NODE, found)
        : Step.warn(
            NODE,
            found + "\n" + String.join("\n", odd),
            "set these keys to what a job has on a node");
  }
}
