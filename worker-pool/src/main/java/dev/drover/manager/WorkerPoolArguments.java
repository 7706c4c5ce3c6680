package dev.drover.manager;

import dev.drover.mpi.MpiLauncher;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The command line of the worker pool, read and written in one place: what the submitting side
 * writes into a job script is what the node reads. Read by hand, since thousands of nodes start it
 * at once and a library for it would be loaded on each.
 */
public final class WorkerPoolArguments {
  /** Most workers of this host, beside the option: hosts of one site may differ. */
  static final String MAX_WORKERS_VARIABLE = "DROVER_MAX_WORKERS";

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
        --max-workers=N            most workers (no limit of its own; DROVER_MAX_WORKERS, if lower, goes first)
        --cores-per-worker=X       cores of a worker, fractions allowed (1)
        --memory-per-worker=BYTES  memory of a worker (not considered)
        --accelerators=N|A;B;…     devices: a number, or names separated by semicolons
        --slots-per-accelerator=N  workers that share one of them (1)
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
        --mpi-launcher=KEY         whose words start an MPI task's ranks: mpiexec, openmpi, srun, aprun, jsrun,
                                   flux, ibrun (mpiexec)
        --mpi-nodes                this manager stands for all nodes of its batch job; --max-workers is how many
                                   MPI tasks it runs at once (1), each on whole nodes
        --mpi-node-file=FILE       the same for the nodes that a file names, one on each line
      """;

  private static final Pattern VARIABLE =
      Pattern.compile("\\$(?:\\{([A-Za-z_][A-Za-z0-9_]*)}|([A-Za-z_][A-Za-z0-9_]*))");

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
          "slots-per-accelerator",
          "cpu-affinity",
          "prefetch",
          "drain-period",
          "walltime",
          "probe-timeout",
          "kill-grace",
          "output",
          "max-payload",
          "java-option",
          "mpi-launcher",
          "mpi-node-file");

  private static final String MPI_NODES = "--mpi-nodes";

  /** What says how one node is shared out, and so nothing where a task has whole nodes. */
  private static final List<String> OF_SHARED_NODES =
      List.of(
          "cores-per-worker",
          "memory-per-worker",
          "accelerators",
          "slots-per-accelerator",
          "cpu-affinity");

  private final Map<String, String> values = new HashMap<>();
  private final List<String> javaOptions = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private boolean mpiNodes;

  private WorkerPoolArguments(List<String> arguments) {
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      String bare = name.startsWith("--") ? name.substring(2) : "";
      if (argument.equals(MPI_NODES)) {
        mpiNodes = true;
      } else if (equals < 0 || !NAMES.contains(bare)) {
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
    int slotsPerAccelerator = (int) whole("slots-per-accelerator", 1, 1, 1_000);
    WorkerLimits limits = limits(accelerators.size() * slotsPerAccelerator);
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
    MpiOptions mpi = mpi();
    Path workingDirectory = path("working-dir", "");
    Path logDirectory = path("log-dir", runDirectory.resolve("managers").toString());
    Path scratch = path("scratch", Optional.ofNullable(System.getenv("TMPDIR")).orElse("/tmp"));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          String.join("; ", problems) + " (drover worker-pool --help lists all)");
    }
    return new WorkerPoolOptions(
        addresses,
        port,
        Optional.ofNullable(values.get("keys")).map(Path::of),
        values.getOrDefault("pool-id", ""),
        values.getOrDefault("block", ""),
        limits,
        accelerators,
        slotsPerAccelerator,
        cpuAffinity,
        prefetch,
        drainPeriod,
        walltime,
        probeTimeout,
        killGrace,
        runDirectory,
        workingDirectory,
        logDirectory,
        scratch,
        output,
        javaOptions,
        maxPayload,
        mpi);
  }

  private MpiOptions mpi() {
    MpiLauncher launcher = MpiLauncher.MPIEXEC;
    try {
      launcher = MpiLauncher.of(values.getOrDefault("mpi-launcher", launcher.key()));
    } catch (IllegalArgumentException e) {
      problems.add("--mpi-launcher: " + e.getMessage());
    }
    Optional<Path> nodeFile =
        Optional.ofNullable(values.get("mpi-node-file"))
            .map(file -> Path.of(file).toAbsolutePath());
    if (!mpiNodes && nodeFile.isEmpty()) {
      return new MpiOptions(launcher, false, nodeFile);
    }
    for (String name : OF_SHARED_NODES) {
      if (values.containsKey(name)) {
        problems.add("--" + name + " means nothing where MPI tasks have whole nodes; leave it out");
      }
    }
    return MpiOptions.ofLeadNode(launcher, nodeFile);
  }

  /** One that begins with {@code ~/} or a variable is expanded as a shell on this node would. */
  private Path path(String name, String fallback) {
    String text = values.getOrDefault(name, fallback);
    if (!text.startsWith("$") && !text.startsWith("~")) {
      return Path.of(text).toAbsolutePath();
    }
    String rooted =
        text.equals("~") || text.startsWith("~/")
            ? System.getProperty("user.home") + text.substring(1)
            : text;
    String expanded =
        VARIABLE
            .matcher(rooted)
            .replaceAll(
                found -> {
                  String variable = found.group(1) == null ? found.group(2) : found.group(1);
                  String value = System.getenv(variable);
                  if (value == null) {
                    problems.add("--%s=%s: %s is not set here".formatted(name, text, variable));
                  }
                  return Matcher.quoteReplacement(value == null ? "" : value);
                });
    return Path.of(expanded).toAbsolutePath();
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

  /**
   * The lower of two limits.
   *
   * @param max empty = none
   * @param variable of the environment, which is this host's own limit; null = it is not set
   */
  static OptionalInt atMost(OptionalInt max, String variable) {
    if (variable == null || !variable.strip().matches("[1-9][0-9]{0,6}")) {
      return max;
    }
    int own = Integer.parseInt(variable.strip());
    return OptionalInt.of(Math.min(own, max.orElse(own)));
  }

  private WorkerLimits limits(int acceleratorSlots) {
    OptionalInt max =
        values.containsKey("max-workers")
            ? OptionalInt.of((int) whole("max-workers", 1, 1, 1_000_000))
            : OptionalInt.empty();
    max = atMost(max, System.getenv(MAX_WORKERS_VARIABLE));
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
          acceleratorSlots == 0 ? OptionalInt.empty() : OptionalInt.of(acceleratorSlots));
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
    if (options.slotsPerAccelerator() > 1) {
      arguments.add("--slots-per-accelerator=" + options.slotsPerAccelerator());
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
    if (options.mpi().launcher() != MpiLauncher.MPIEXEC) {
      arguments.add("--mpi-launcher=" + options.mpi().launcher().key());
    }
    if (options.mpi().isLeadNode()) {
      arguments.add(
          options.mpi().nodeFile().map(file -> "--mpi-node-file=" + file).orElse(MPI_NODES));
    }
    return arguments;
  }

  private static void addSeconds(List<String> arguments, String name, Duration duration) {
    arguments.add("--" + name + "=" + duration.toMillis() / 1000.0);
  }
}
