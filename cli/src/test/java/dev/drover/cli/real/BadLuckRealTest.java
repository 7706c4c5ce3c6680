package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Killed processes, full disks, nodes that do not come up: for real. */
class BadLuckRealTest extends RealTest {
  private static final int TASKS = 14;

  /**
   * Stamps its file, named after task and manager, ten times in half a second and until it may end,
   * so that two attempts at one time would show.
   */
  private static final String STAMPING =
      "f=stamps/$DROVER_TASK_ID.$DROVER_POOL; for i in 1 2 3 4 5 6 7 8 9 10; do date +%s%N >> $f; "
          + "sleep 0.05; done; until [ -e may-end-$DROVER_TASK_ID ]; do date +%s%N >> $f; "
          + "sleep 0.05; done; echo end >> $f";

  private static final Pattern DONE = Pattern.compile("\"t\":\"done\",\"id\":(\\d+)");

  @Test
  void submitterKilledTwice_itsRunGoesOn_andNoTaskIsLostOrRunsTwiceAtATime() throws Exception {
    Files.createDirectory(home.resolve("stamps"));
    String[] command = {
      "run",
      "--run-dir",
      "r",
      "--set",
      "worker.kill-grace=1s",
      "--array",
      "1-" + TASKS,
      "--",
      STAMPING
    };
    Set<String> endedBefore = new TreeSet<>();
    Map<String, List<List<String>>> kept = new HashMap<>();
    List<Long> oldManagers = new ArrayList<>();

    int mayEnd = 0;
    for (String[] start : List.of(command, new String[] {"resume", "r"})) {
      for (int i = 0; i < 3; i++) {
        drover.write("may-end-" + ++mayEnd);
      }
      Drover.Running run = drover.start(start);
      await()
          .atMost(Drover.PATIENCE)
          .until(() -> done().size() >= endedBefore.size() + 3 && !Processes.tasks(home).isEmpty());
      run.signal("KILL");
      assertThat(run.end().exit()).isEqualTo(137);
      endedBefore.addAll(done());
      Map<String, List<List<String>>> now = attempts();
      endedBefore.forEach(task -> kept.putIfAbsent(task, now.get(task)));
      Processes.managers(home).forEach(manager -> oldManagers.add(manager.pid()));
    }
    assertThat(endedBefore).hasSizeLessThan(TASKS);
    assertThat(drover.run("explain", "r").exits(0).out()).contains("not running");

    while (mayEnd < TASKS) {
      drover.write("may-end-" + ++mayEnd);
    }
    drover
        .run(command)
        .exits(0)
        .says("all 14 tasks done", "; " + endedBefore.size() + " had ended before");
    assertThat(oldManagers).isNotEmpty().allSatisfy(pid -> assertThat(isAlive(pid)).isFalse());
    Map<String, List<List<String>>> attempts = attempts();
    assertThat(attempts).hasSize(TASKS);
    attempts.forEach(
        (task, files) -> {
          assertThat(files).as(task).anySatisfy(lines -> assertThat(lines).contains("end"));
          assertNoOverlap("task " + task, files);
        });
    kept.forEach((task, files) -> assertThat(attempts.get(task)).as(task).isEqualTo(files));
    // The old manager's tasks were gone before a new manager's began.
    assertNoOverlap("managers", stampsOfEachManager());
    // A finished run has nothing left, and says so.
    drover.run("resume", "r").exits(0).says("all 14 tasks done", "; 14 had ended before");
    assertThat(attempts()).isEqualTo(attempts);
  }

  @Test
  void whatHadEndedBeforeTheKill_isNotRunAgain() throws Exception {
    drover.write(
        "t.tasks",
        "echo x >> one",
        "echo x >> two",
        "touch at; until [ -e go ]; do sleep 0.1; done; echo x >> three");
    Drover.Running run =
        drover.start("run", "--run-dir", "r", "--set", "worker.kill-grace=1s", "t.tasks");
    Drover.awaitFile(home.resolve("at"));
    await().atMost(Drover.PATIENCE).until(() -> done().size() == 2);
    run.signal("KILL");
    run.end();
    drover.write("go");
    drover.run("resume", "r").exits(0).says("all 3 tasks done", "; 2 had ended before");
    assertThat(home.resolve("one")).hasContent("x");
    assertThat(home.resolve("two")).hasContent("x");
    assertThat(Files.readAllLines(home.resolve("three"))).hasSizeBetween(1, 2);

    drover.write("t.tasks", "true");
    drover
        .run("run", "--run-dir", "r", "t.tasks")
        .exits(2)
        .says("holds a run of other tasks", "fix: give another --run-dir", "drover resume r");
  }

  private Set<String> done() {
    Path journal = home.resolve("r/journal.jsonl");
    return Files.exists(journal)
        ? DONE.matcher(Drover.text(journal))
            .results()
            .map(found -> found.group(1))
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of();
  }

  private Map<String, List<List<String>>> attempts() throws IOException {
    Map<String, List<List<String>>> attempts = new HashMap<>();
    try (Stream<Path> files = Files.list(home.resolve("stamps"))) {
      for (Path file : files.sorted().toList()) {
        attempts
            .computeIfAbsent(
                file.getFileName().toString().replaceFirst("\\..*", ""), t -> new ArrayList<>())
            .add(Files.readAllLines(file));
      }
    }
    return attempts;
  }

  private List<List<String>> stampsOfEachManager() throws IOException {
    Map<String, List<String>> stamps = new HashMap<>();
    try (Stream<Path> files = Files.list(home.resolve("stamps"))) {
      for (Path file : files.toList()) {
        stamps
            .computeIfAbsent(
                file.getFileName().toString().replaceFirst(".*\\.", ""), m -> new ArrayList<>())
            .addAll(Files.readAllLines(file));
      }
    }
    return List.copyOf(stamps.values());
  }

  private static void assertNoOverlap(String whose, List<List<String>> attempts) {
    List<long[]> spans =
        attempts.stream()
            .map(
                lines ->
                    lines.stream()
                        .filter(line -> line.matches("\\d+"))
                        .mapToLong(Long::parseLong)
                        .sorted()
                        .toArray())
            .filter(stamps -> stamps.length > 0)
            .sorted((a, b) -> Long.compare(a[0], b[0]))
            .toList();
    for (int i = 1; i < spans.size(); i++) {
      long[] earlier = spans.get(i - 1);
      assertThat(earlier[earlier.length - 1])
          .as("attempts of " + whose)
          .isLessThan(spans.get(i)[0]);
    }
  }

  private static boolean isAlive(long pid) {
    return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
  }

  @Test
  void fullDiskInMidRun_exits3_forgetsNothingThatWasReported_andGoesOnOnceThereIsRoom()
      throws Exception {
    Path place = Files.createDirectory(home.resolve("small"));
    Files.createDirectory(home.resolve("ran"));
    try (SmallDisk disk = SmallDisk.mount(place, "size=8m")) {
      String[] command = {
        "run",
        "--run-dir",
        "small/r",
        "--jobs-log",
        "log.tsv",
        "--array",
        "1-400",
        "--",
        "until [ $DROVER_TASK_INDEX -le 100 ] || [ -e go ]; do sleep 0.1; done; "
            + "echo x >> ran/$DROVER_TASK_INDEX; sleep 0.02"
      };
      Drover.Running run = drover.start(command);
      await().atMost(Drover.PATIENCE).until(() -> succeeded().size() >= 20);
      fill(place.resolve("filler"));
      drover.write("go");
      run.end()
          .exits(3)
          .says(
              "given up: ",
              "the journal cannot be written: No space left",
              "journal.jsonl",
              "free some space");
      Set<String> reported = succeeded();
      assertThat(reported).hasSizeGreaterThanOrEqualTo(20).hasSizeLessThan(400);

      Files.delete(place.resolve("filler"));
      drover.run("resume", "small/r", "--jobs-log", "log.tsv").exits(0).says("all 400 tasks done");
      assertThat(succeeded()).hasSize(400);
      for (String index : reported) {
        assertThat(home.resolve("ran").resolve(index)).hasContent("x");
      }
      Processes.assertNoneLeft(home);
    }
  }

  /** Task numbers that the jobs log tells as done. */
  private Set<String> succeeded() {
    Path log = home.resolve("log.tsv");
    if (!Files.exists(log)) {
      return Set.of();
    }
    return Drover.text(log)
        .lines()
        .skip(1)
        .map(line -> line.split("\t"))
        .filter(row -> row.length == 9 && row[6].equals("0") && row[7].equals("0"))
        .map(row -> row[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void fill(Path file) {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  @Test
  void killedManager_itsTasksRunAgain_andTheReasonIsNamed() throws IOException {
    Drover.Running run =
        drover.start(
            "run",
            "--run-dir",
            "r",
            "--",
            "touch at-{}.$DROVER_POOL; until [ -e go.$DROVER_POOL ]; do sleep 0.1; done;"
                + " echo x >> end-{}",
            ":::",
            "1",
            "2",
            "3");
    await().atMost(Drover.PATIENCE).until(() -> managersOfTask1().size() == 1);
    String killed = managersOfTask1().get(0);
    Processes.managers(home).forEach(m -> Processes.signal("KILL", Long.toString(m.pid())));
    await().atMost(Drover.PATIENCE).until(() -> managersOfTask1().size() == 2);
    managersOfTask1().stream().filter(m -> !m.equals(killed)).forEach(m -> drover.write("go." + m));
    run.end().exits(0).says("all 3 tasks done");
    for (String task : List.of("1", "2", "3")) {
      assertThat(home.resolve("end-" + task)).hasContent("x");
    }
    assertThat(drover.run("explain", "r", "1").exits(0).out())
        .contains("attempt 1: its manager was lost", "attempt 2: succeeded");
  }

  /** Those at which the first task began. */
  private List<String> managersOfTask1() throws IOException {
    try (Stream<Path> files = Files.list(home)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("at-1."))
          .map(name -> name.substring("at-1.".length()))
          .toList();
    }
  }

  @Test
  void workerInitThatFails_exits3_withItsScriptItsWordsAndTheMend() {
    drover
        .start(
            "run",
            "--set",
            "provider.worker-init=echo module: no such module physics >&2; exit 9",
            "--",
            "true")
        .end()
        .exits(3)
        .says(
            "block b-0001 ended before a manager registered",
            "exit code 9",
            "/blocks/b-0001/submit.sh",
            "module: no such module physics",
            "fix: ",
            "provider.worker-init");
  }
}
