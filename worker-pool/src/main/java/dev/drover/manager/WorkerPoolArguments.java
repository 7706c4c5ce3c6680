package dev.drover.manager;

import dev.drover.node.WorkerLimits;
import dev.drover.pinning.AffinityPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The command line of the worker pool, read and written in one place: what the submitting side
 * writes into a job script is what the node reads. Read by hand, since thousands of nodes start it
 * at once and a library for it would be loaded on each.
 */
public final class WorkerPoolArguments {
  static final String HELP =
      """
      Usage: drover worker-pool --address=A[,B…] --port=N --run-dir=DIR [options]
      Runs one manager on this node: it dials its interchange, takes tasks, and leaves when it is told to.
      A run starts it by itself on each node of a block; by hand it adds this node to a live run.

        --address=A[,B…]           addresses of the interchange; the first that answers is used
        --port=N                   its control port
        --keys=DIR                 the run's keys (<run>/keys); left out only for runs without encryption
        --run-dir=DIR              the run directory; captured output goes to DIR/tasks
        --pool-id=ID               id of this manager (made up when left out)
        --block=ID                 id of its block
        --working-dir=DIR          where tasks start that name no directory (this directory)
        --log-dir=DIR              logs of the worker JVMs (<run-dir>/managers)
        --scratch=DIR              node-local directory for sockets and output under way ($TMPDIR or /tmp)
        --max-workers=N            most workers (no limit of its own)
        --cores-per-worker=X       cores of a worker, fractions allowed (1)
        --memory-per-worker=BYTES  memory of a worker (not considered)
        --accelerators=N|A;B;…     devices, one a worker: a number, or names separated by semicolons
        --cpu-affinity=POLICY      cpus of each worker: none, block, block-reverse, alternating, topology, or
                                   list:<cpus of worker 0>:<cpus of worker 1>:… such as list:0-3:4-7 (none)
        --prefetch=N|auto          tasks held ready beyond the workers (auto: by their run times)
        --drain-period=SECONDS     take no new tasks after this time, then leave (never)
        --walltime=SECONDS         its block ends then: start no task that cannot end in time, and end what still
                                   runs shortly before (never; DROVER_BLOCK_END, epoch seconds, goes first)
        --probe-timeout=SECONDS    longest wait for the interchange's first answer (30)
        --kill-grace=SECONDS       from TERM to KILL (5)
        --output=files|packed      two files a task, or two a worker (files)
        --max-payload=BYTES        largest result of a Java task (256 MiB)
        --java-option=OPT          an option of the worker JVMs; may be repeated
      """;

  private static final Set<String> NAMES =
      Set.of(
          "address",
          "port",
          "keys",
          "run-dir",
          "pool-id",
          "block",
          "working-dir",
          "log-dir",
          "scratch",
          "max-workers",
          "cores-per-worker",
          "memory-per-worker",
          "accelerators",
          "cpu-affinity",
          "prefetch",
          "drain-period",
          "walltime",
          "probe-timeout",
          "kill-grace",
          "output",
          "max-payload",
          "java-option");

  private final Map<String, String> values = new HashMap<>();
  private final List<String> javaOptions = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private WorkerPoolArguments(List<String> arguments) {
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      String bare = name.startsWith("--") ? name.substring(2) : "";
      if (equals < 0 || !NAMES.contains(bare)) {
        problems.add("unknown argument " + argument);
      } else if (bare.equals("java-option")) {
        javaOptions.add(argument.substring(equals + 1));
      } else {
        values.put(bare, argument.substring(equals + 1));
      }
    }
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException telling all that is wrong with it
   */
  public static WorkerPoolOptions parse(List<String> arguments) {
    return new WorkerPoolArguments(arguments).options();
  }

  private WorkerPoolOptions options() {
    Path runDirectory = path("run-dir", "");
    if (!values.containsKey("run-dir")) {
      problems.add("--run-dir is missing");
    }
    List<String> addresses = addresses();
    int port = (int) whole("port", -1, 1, 65535);
    if (!values.containsKey("port")) {
      problems.add("--port is missing");
    }
    List<String> accelerators = accelerators();
    WorkerLimits limits = limits(accelerators);
    AffinityPolicy cpuAffinity = cpuAffinity();
    int prefetch =
        "auto".equals(values.getOrDefault("prefetch", "auto"))
            ? ManagerSettings.AUTO
            : (int) whole("prefetch", 0, 0, 1_000_000);
    OutputMode output = output();
    Duration drainPeriod = seconds("drain-period", "0");
    Duration walltime = seconds("walltime", "0");
    Duration probeTimeout = seconds("probe-timeout", "30");
    Duration killGrace = seconds("kill-grace", "5");
    int maxPayload = (int) whole("max-payload", 256 << 20, 1, Integer.MAX_VALUE - 64);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.join("; ", problems) + " (drover worker-pool --help lists all)");
    }
    String tmp = Optional.ofNullable(System.getenv("TMPDIR")).orElse("/tmp");
    return new WorkerPoolOptions(
        addresses,
        port,
        Optional.ofNullable(values.get("keys")).map(Path::of),
        values.getOrDefault("pool-id", ""),
        values.getOrDefault("block", ""),
        limits,
        accelerators,
        cpuAffinity,
        prefetch,
        drainPeriod,
        walltime,
        probeTimeout,
        killGrace,
        runDirectory,
        path("working-dir", ""),
        path("log-dir", runDirectory.resolve("managers").toString()),
        path("scratch", tmp),
        output,
        javaOptions,
        maxPayload);
  }

  private Path path(String name, String fallback) {
    return Path.of(values.getOrDefault(name, fallback)).toAbsolutePath();
  }

  private long whole(String name, long fallback, long least, long most) {
    String text = values.get(name);
    if (text == null) {
      return fallback;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    problems.add("--%s=%s is no whole number from %d to %d".formatted(name, text, least, most));
    return fallback;
  }

  private Duration seconds(String name, String fallback) {
    String text = values.getOrDefault(name, fallback);
    try {
      double value = Double.parseDouble(text);
      if (value >= 0 && value < 1e9) {
        return Duration.ofMillis(Math.round(value * 1000));
      }
    } catch (NumberFormatException e) {
      // told below
    }
    problems.add("--%s=%s is no number of seconds".formatted(name, text));
    return Duration.ZERO;
  }

  /** Split at every comma, so that a name that is left out is seen. */
  private List<String> addresses() {
    String text = values.get("address");
    if (text == null) {
      problems.add("--address is missing");
      return List.of();
    }
    List<String> addresses = List.of(text.split(",", -1));
    if (addresses.stream().anyMatch(String::isBlank)) {
      problems.add("--address=" + text + " names an empty address");
    }
    return addresses;
  }

  private List<String> accelerators() {
    String text = values.getOrDefault("accelerators", "");
    if (text.isEmpty()) {
      return List.of();
    }
    if (text.matches("[0-9]{1,4}")) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < Integer.parseInt(text); i++) {
        names.add(Integer.toString(i));
      }
      return names;
    }
    List<String> names = List.of(text.split(";"));
    if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
      problems.add("--accelerators=" + text + " names an empty device");
    }
    return names;
  }

  private AffinityPolicy cpuAffinity() {
    try {
      return AffinityPolicy.parse(values.getOrDefault("cpu-affinity", "none"));
    } catch (IllegalArgumentException e) {
      problems.add("--cpu-affinity: " + e.getMessage());
      return AffinityPolicy.NONE;
    }
  }

  private WorkerLimits limits(List<String> accelerators) {
    OptionalInt max =
        values.containsKey("max-workers")
            ? OptionalInt.of((int) whole("max-workers", 1, 1, 1_000_000))
            : OptionalInt.empty();
    OptionalDouble cores = OptionalDouble.empty();
    String text = values.get("cores-per-worker");
    if (text != null) {
      try {
        cores = OptionalDouble.of(Double.parseDouble(text));
      } catch (NumberFormatException e) {
        problems.add("--cores-per-worker=" + text + " is no number");
      }
    }
    OptionalLong memory =
        values.containsKey("memory-per-worker")
            ? OptionalLong.of(whole("memory-per-worker", 1, 1, Long.MAX_VALUE))
            : OptionalLong.empty();
    try {
      return new WorkerLimits(
          max,
          cores,
          memory,
          accelerators.isEmpty() ? OptionalInt.empty() : OptionalInt.of(accelerators.size()));
    } catch (IllegalArgumentException e) {
      problems.add(e.getMessage());
      return WorkerLimits.NONE;
    }
  }

  private OutputMode output() {
    String text = values.getOrDefault("output", "files");
    return switch (text) {
      case "files" -> OutputMode.FILES;
      case "packed" -> OutputMode.PACKED;
      default -> {
        problems.add("--output=" + text + " is neither files nor packed");
        yield OutputMode.FILES;
      }
    };
  }

  /** The command line that {@link #parse} reads back as these options. */
  public static List<String> write(WorkerPoolOptions options) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--address=" + String.join(",", options.addresses()));
    arguments.add("--port=" + options.port());
    options.keys().ifPresent(keys -> arguments.add("--keys=" + keys));
    arguments.add("--run-dir=" + options.runDirectory());
    if (!options.pool().isEmpty()) {
      arguments.add("--pool-id=" + options.pool());
    }
    if (!options.block().isEmpty()) {
      arguments.add("--block=" + options.block());
    }
    arguments.add("--working-dir=" + options.workingDirectory());
    arguments.add("--log-dir=" + options.logDirectory());
    options.limits().maxWorkers().ifPresent(max -> arguments.add("--max-workers=" + max));
    options
        .limits()
        .coresPerWorker()
        .ifPresent(cores -> arguments.add("--cores-per-worker=" + cores));
    options
        .limits()
        .memoryPerWorkerBytes()
        .ifPresent(bytes -> arguments.add("--memory-per-worker=" + bytes));
    if (!options.accelerators().isEmpty()) {
      String names = String.join(";", options.accelerators());
      // One name that is a number would be read as a number of devices.
      arguments.add("--accelerators=" + names + (names.matches("[0-9]+") ? ";" : ""));
    }
    if (options.cpuAffinity().pins()) {
      arguments.add("--cpu-affinity=" + options.cpuAffinity());
    }
    arguments.add(
        "--prefetch=" + (options.prefetch() == ManagerSettings.AUTO ? "auto" : options.prefetch()));
    addSeconds(arguments, "drain-period", options.drainPeriod());
    addSeconds(arguments, "walltime", options.walltime());
    addSeconds(arguments, "probe-timeout", options.probeTimeout());
    addSeconds(arguments, "kill-grace", options.killGrace());
    arguments.add("--output=" + options.output().name().toLowerCase(java.util.Locale.ROOT));
    arguments.add("--max-payload=" + options.maxPayloadBytes());
    options.javaOptions().forEach(option -> arguments.add("--java-option=" + option));
    return arguments;
  }

  private static void addSeconds(List<String> arguments, String name, Duration duration) {
    arguments.add("--" + name + "=" + duration.toMillis() / 1000.0);
  }
}
