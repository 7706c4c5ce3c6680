package dev.drover.site;

import static dev.drover.site.KeyType.BOOLEAN;
import static dev.drover.site.KeyType.DURATION;
import static dev.drover.site.KeyType.PATH;
import static dev.drover.site.KeyType.TEXT;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The workers of one node, and the node as the rules need to know it. A part of {@link SiteKeys},
 * by which it is used.
 */
interface WorkerKeys {
  /** The keys of this part. */
  KeySection WORKER = new KeySection();

  /** Where a Java task runs. */
  enum Isolation {
    /** In the worker's own JVM, which may die alone. */
    PROCESS,
    /** Inside the manager, for speed. */
    THREAD
  }

  Key<Integer> WORKER_MAX_PER_NODE =
      WORKER.number(
          "worker.max-per-node",
          0,
          KeySection.MANY,
          0,
          "workers",
          "at most so many on a node; 0 = cores, memory and accelerators alone decide");
  Key<Double> WORKER_CORES_PER_WORKER =
      WORKER.key(
          "worker.cores-per-worker",
          new NumberTypes.Decimal(0.001, 100_000),
          1.0,
          "cores",
          "cores of one worker; below 1 = workers share cores");
  Key<Long> WORKER_MEMORY_PER_WORKER =
      WORKER.key(
          "worker.memory-per-worker",
          KeyType.BYTES,
          0L,
          "",
          "memory of one worker; 0 = not considered");
  Key<List<String>> WORKER_AVAILABLE_ACCELERATORS =
      WORKER.key(
          "worker.available-accelerators",
          KeyType.ACCELERATORS,
          List.of(),
          "",
          "a node's accelerators: a number, or names; nothing = none");
  Key<Integer> WORKER_SLOTS_PER_ACCELERATOR =
      WORKER.number(
          "worker.slots-per-accelerator",
          1,
          1_000,
          1,
          "workers",
          "workers that share one accelerator, so that tasks may ask for a part of it");
  Key<String> WORKER_CPU_AFFINITY =
      WORKER.key(
          "worker.cpu-affinity",
          KeyType.CPU_AFFINITY,
          "none",
          "",
          "which cpus each worker runs on; a list has a group for each");
  Key<Duration> WORKER_DRAIN_PERIOD =
      WORKER.key(
          "worker.drain-period",
          DURATION,
          Duration.ZERO,
          "",
          "a manager takes no more tasks this long after its start; 0 = never");
  Key<Optional<String>> WORKER_WORKING_DIR =
      WORKER.key(
          "worker.working-dir",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "where tasks start on a node; nothing = where the run was started");
  Key<Optional<String>> WORKER_LOG_ROOT =
      WORKER.key(
          "worker.log-root",
          new KeyType.OrNone<>(PATH),
          Optional.empty(),
          "",
          "where managers write their logs; nothing = in the run directory");
  Key<Boolean> WORKER_DEBUG =
      WORKER.key("worker.debug", BOOLEAN, false, "", "whether managers log every step");
  Key<Isolation> WORKER_ISOLATION =
      WORKER.key(
          "worker.isolation",
          new KeyType.Choice<>(Isolation.class),
          Isolation.PROCESS,
          "",
          "where a Java task runs");
  Key<Duration> WORKER_KILL_GRACE =
      WORKER.key(
          "worker.kill-grace",
          DURATION,
          Duration.ofSeconds(5),
          "",
          "the time between asking a task to end and killing it; 0 = kill at once");
  Key<String> WORKER_JAVA_OPTIONS =
      WORKER.key("worker.java-options", TEXT, "", "", "options of the workers' JVMs");
  Key<Integer> NODE_CPUS =
      WORKER.number(
          "node.cpus",
          0,
          4096,
          0,
          "cpus",
          "cpus that a node's system shows, hardware threads included; 0 = unknown");
  Key<List<Integer>> NODE_RESERVED_CPUS =
      WORKER.key(
          "node.reserved-cpus",
          KeyType.CPUS,
          List.of(),
          "",
          "cpus that the system keeps to itself, which no worker may be given; nothing = none");
}
