package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every head node promises, wherever it is; the ones tested share this machine's files. */
@Timeout(60)
abstract class HeadNodeContract {
  static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path folder;

  HeadNode headNode;

  /** The head node under test; the test class ends it. */
  abstract HeadNode headNode() throws Exception;

  @BeforeEach
  void makeHeadNode() throws Exception {
    headNode = headNode();
  }

  final CommandResult sh(String script, String... arguments) throws Exception {
    return headNode.run(Command.of(LONG, argv(script, arguments)));
  }

  static List<String> argv(String script, String... arguments) {
    var argv = new ArrayList<>(List.of("sh", "-c", script, "sh"));
    argv.addAll(List.of(arguments));
    return argv;
  }

  static long pidIn(Path file) throws Exception {
    await().atMost(LONG).until(() -> Files.exists(file) && Files.size(file) > 0);
    return Long.parseLong(Files.readString(file).strip());
  }

  static void awaitGone(long pid) {
    await()
        .atMost(LONG)
        .until(() -> ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true));
  }

  @Test
  void run_givesExitCodeAndBothStreams() throws Exception {
    CommandResult result = sh("echo out; echo err >&2; exit 3");
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.stdout()).isEqualTo("out\n");
    assertThat(result.stderr()).isEqualTo("err\n");
    assertThat(result.timedOut()).isFalse();
    assertThat(result.succeeded()).isFalse();
    assertThat(result.duration()).isPositive();
  }

  @Test
  void run_passesArgumentsUnread() throws Exception {
    assertThat(sh("printf '%s|' \"$@\"", "a b", "$HOME", "it's", "", "-n", "x\ny").stdout())
        .isEqualTo("a b|$HOME|it's||-n|x\ny|");
  }

  @Test
  void run_feedsStdin_andGivesNoneOtherwise() throws Exception {
    Command command = new Command(List.of("cat"), LONG, Optional.of("größe\n"));
    assertThat(headNode.run(command).stdout()).isEqualTo("größe\n");
    assertThat(headNode.run(Command.of(LONG, List.of("cat"))).stdout()).isEmpty();
  }

  @Test
  void run_survivesACommandThatReadsNoneOfALargeStdin() throws Exception {
    Command command = new Command(List.of("true"), LONG, Optional.of("x".repeat(1 << 20)));
    assertThat(headNode.run(command).succeeded()).isTrue();
  }

  @Test
  void run_ofAMissingProgram_is127_asInAShell() throws Exception {
    CommandResult result = headNode.run(Command.of(LONG, List.of("no-such-program", "x")));
    assertThat(result.exitCode()).isEqualTo(127);
    assertThat(result.stderr()).isEqualTo("no-such-program: command not found\n");
  }

  @Test
  void run_ofAFileThatIsNoProgram_is126_asInAShell() throws Exception {
    Path file = Files.writeString(folder.resolve("plain"), "text");
    assertThat(headNode.run(Command.of(LONG, List.of(file.toString()))).exitCode()).isEqualTo(126);
  }

  @Test
  void run_drainsBothStreamsAtOnce_andKeepsTheTailOfEach() throws Exception {
    CommandResult result =
        sh(
            "head -c 20000000 /dev/zero | tr '\\0' e | fold -w 99 >&2; echo >&2; seq 1 2000000; echo end >&2");
    assertThat(result.exitCode()).isZero();
    assertThat(result.stdout()).endsWith("1999999\n2000000\n");
    assertThat(result.stdout().length())
        .isBetween(LocalHeadNode.OUTPUT_LIMIT - 100, LocalHeadNode.OUTPUT_LIMIT);
    long first = result.stdout().lines().limit(1).mapToLong(Long::parseLong).sum();
    assertThat(result.stdout().lines().count()).isEqualTo(2_000_000 - first + 1);
    assertThat(result.stderr().endsWith("e\nend\n")).isTrue();
    assertThat(result.stderr().startsWith("e".repeat(99) + "\n")).isTrue();
  }

  @Test
  void run_turnsBytesThatAreNoUtf8_intoReplacementCharacters() throws Exception {
    assertThat(sh("printf 'a\\377b\\n'").stdout()).isEqualTo("a\uFFFDb\n");
  }

  @Test
  void timeout_killsTheWholeTree_andKeepsWhatWasPrinted() throws Exception {
    Path pid = folder.resolve("pid");
    Command command =
        Command.of(
            // It must have begun by then, over SSH after a login.
            Duration.ofSeconds(5),
            argv(
                "echo before; sh -c 'trap \"\" TERM; echo $$ >\"$1\"; sleep 1000; :' sh \"$1\"; :",
                pid.toString()));
    CommandResult result = headNode.run(command);
    assertThat(result.timedOut()).isTrue();
    assertThat(result.succeeded()).isFalse();
    assertThat(result.exitCode()).isEqualTo(137);
    assertThat(result.stdout()).isEqualTo("before\n");
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(20));
    awaitGone(pidIn(pid));
  }

  @Test
  void run_doesNotWaitForABackgroundProcessThatHoldsTheStreams() throws Exception {
    CommandResult result = sh("sleep 1000 & echo $!");
    long left = Long.parseLong(result.stdout().strip());
    assertThat(result.exitCode()).isZero();
    assertThat(result.duration()).isLessThan(Duration.ofSeconds(20));
    ProcessHandle.of(left).ifPresent(ProcessHandle::destroyForcibly);
  }

  @Test
  void interrupt_killsTheCommand_andKeepsTheFlag() throws Exception {
    Path pid = folder.resolve("pid");
    AtomicReference<Thread> runner = new AtomicReference<>();
    CompletableFuture<Boolean> flag =
        CompletableFuture.supplyAsync(
            () -> {
              runner.set(Thread.currentThread());
              try {
                sh("echo $$ >\"$1\"; exec sleep 1000", pid.toString());
              } catch (InterruptedIOException e) {
                return Thread.interrupted();
              } catch (Exception e) {
                throw new UncheckedIOException(new IOException(e));
              }
              return false;
            });
    long process = pidIn(pid);
    runner.get().interrupt();
    assertThat(flag.get()).isTrue();
    awaitGone(process);
  }

  @Test
  void write_makesPrivateDirectories_andReplacesWhole() throws Exception {
    Path file = folder.resolve("a b/c'd/submit.sh");
    headNode.write(file, "one", FileMode.PRIVATE);
    headNode.write(file, "zwölf", FileMode.PRIVATE_EXECUTABLE);
    assertThat(headNode.read(file)).contains("zwölf");
    assertThat(mode(file)).isEqualTo("rwx------");
    assertThat(mode(file.getParent())).isEqualTo("rwx------");
    assertThat(mode(file.getParent().getParent())).isEqualTo("rwx------");
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void write_takesNamesThatReadAsPatterns_andNeedsNoRoomForItsNeighbours() throws Exception {
    Path file = folder.resolve("a*b?\\ [c] $d/-e*\\");
    Files.createDirectories(file.getParent().resolveSibling("aXbY [c] $d"));
    headNode.write(file, "mine", FileMode.PRIVATE);
    headNode.write(file.resolveSibling("-eX"), "other", FileMode.PRIVATE);
    assertThat(file).hasContent("mine");
    assertThat(headNode.read(file)).contains("mine");
    headNode.delete(file);
    assertThat(file).doesNotExist();
    assertThat(file.resolveSibling("-eX")).hasContent("other");
  }

  @Test
  void write_belowAFile_isAnError_andLeavesNothing() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatIOException()
        .isThrownBy(() -> headNode.write(file.resolve("below"), "y", FileMode.PRIVATE));
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void manyThreads_runAndWriteAtOnce() throws Exception {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String name = "n" + i;
      answers.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  headNode.write(folder.resolve(name), name, FileMode.PRIVATE);
                  return sh("cat \"$1\"", folder.resolve(name).toString()).stdout();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              },
              command -> new Thread(command).start()));
    }
    for (int i = 0; i < answers.size(); i++) {
      assertThat(answers.get(i).get()).isEqualTo("n" + i);
    }
  }

  @Test
  void read_ofAMissingFile_isEmpty_andDeleteTwiceIsNoError() throws Exception {
    Path file = Files.writeString(folder.resolve("x"), "x");
    headNode.delete(file);
    headNode.delete(file);
    assertThat(headNode.read(file)).isEmpty();
  }

  @Test
  void host_isNamed() {
    assertThat(headNode.host()).isNotBlank();
  }
}
