package dev.drover.process;

import static dev.drover.process.Scripts.bash;
import static dev.drover.process.Scripts.command;
import static dev.drover.process.Scripts.executable;
import static dev.drover.process.Scripts.out;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.process.SpawnException.Kind;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProcessSpawnerTest {
  private final ProcessSpawner spawner = new ProcessSpawner();
  @TempDir Path directory;

  static List<ProcessSpawner> everyWay() {
    return List.of(
        new ProcessSpawner(),
        new ProcessSpawner(new ProcessSpawner.Abilities(false, true)),
        new ProcessSpawner(new ProcessSpawner.Abilities(true, false)),
        new ProcessSpawner(new ProcessSpawner.Abilities(false, false)));
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_runsInTheDirectory_withArgumentsPassedAsTheyAre(ProcessSpawner spawner)
      throws Exception {
    Path odd = Files.createDirectory(directory.resolve("-a 'b\" $c"));

    Exit exit =
        spawner.start(command(odd, "printf", "%s|", "two words", "", "$HOME", "ü", "--")).await();

    assertThat(exit.isSuccess()).isTrue();
    assertThat(out(odd)).isEqualTo("two words||$HOME|ü|--|");
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_givesTheChildNoDescriptorAboveTwo(ProcessSpawner spawner) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(socket.isBound()).isTrue();

      // ls itself opens the directory that it lists: that is descriptor 3, and there is no other.
      spawner.start(command(directory, "ls", "/proc/self/fd")).await();
    }

    assertThat(out(directory).lines()).containsExactly("0", "1", "2", "3");
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_makesTheChildLeaderOfItsOwnSession(ProcessSpawner spawner) throws Exception {
    ChildProcess child = spawner.start(bash(directory, "cat /proc/$$/stat; true"));
    child.await();

    ProcFs.Stat stat = ProcFs.parse(child.pid(), out(directory));
    assertThat(stat.session()).isEqualTo(child.pid());
    assertThat(stat.group()).isEqualTo(child.pid());
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_givesTheChildDefaultSignals_andAnEmptyMask(ProcessSpawner spawner) throws Exception {
    spawner.start(command(directory, "grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")).await();

    assertThat(out(directory).lines())
        .containsExactly("SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000");
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_namesTheDirectory_whenItIsMissing(ProcessSpawner spawner) {
    Path missing = directory.resolve("gone");
    SpawnRequest request = SpawnRequest.of(List.of("true"), Scripts.BASE, missing);

    SpawnException failure =
        catchThrowableOfType(SpawnException.class, () -> spawner.start(request));

    assertThat(failure.kind()).isEqualTo(Kind.BAD_DIRECTORY);
    assertThat(failure)
        .hasMessageContaining(missing + " does not exist")
        .hasMessageContaining("fix:");
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_saysNotFound_whenTheProgramIsMissing(ProcessSpawner spawner) {
    for (String name : List.of("no-such-program", "./no-such-program", "/no/such/program")) {
      SpawnException failure =
          catchThrowableOfType(SpawnException.class, () -> spawner.start(command(directory, name)));

      assertThat(failure.kind()).as(name).isEqualTo(Kind.NOT_FOUND);
      assertThat(failure.errno()).isEqualTo(LibC.ENOENT);
      assertThat(failure).hasMessageContaining(name).hasMessageContaining("fix:");
    }
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_saysNotExecutable_whenTheProgramIsAPlainFileOrADirectory(ProcessSpawner spawner)
      throws Exception {
    Files.writeString(directory.resolve("plain"), "#!/bin/sh\n");
    SpawnRequest inPath =
        SpawnRequest.of(
            List.of("plain"), Scripts.BASE.with("PATH", directory.toString()), directory);

    for (SpawnRequest request :
        List.of(command(directory, "./plain"), command(directory, "./"), inPath)) {
      SpawnException failure =
          catchThrowableOfType(SpawnException.class, () -> spawner.start(request));

      assertThat(failure.kind()).isEqualTo(Kind.NOT_EXECUTABLE);
      assertThat(failure.errno()).isEqualTo(LibC.EACCES);
    }
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void start_runsAScriptWithoutInterpreterLine(ProcessSpawner spawner) throws Exception {
    executable(directory.resolve("script"), "echo \"got $1\"; exit 3\n");

    Exit exit = spawner.start(command(directory, "./script", "this")).await();

    assertThat(exit.exitCode()).isEqualTo(3);
    assertThat(out(directory)).isEqualTo("got this\n");
  }

  @Test
  void start_namesTheInterpreter_whenItIsMissing() throws Exception {
    executable(directory.resolve("script"), "#!/opt/none/python -u\n");

    SpawnException failure =
        catchThrowableOfType(
            SpawnException.class, () -> spawner.start(command(directory, "./script")));

    assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
    assertThat(failure).hasMessageContaining("names the interpreter /opt/none/python,");
  }

  @Test
  void start_saysUnwritable_whenAnOutputCannotBeOpened() throws Exception {
    Files.createDirectory(directory.resolve("d"));
    for (String bad : List.of("d", "none/file")) {
      SpawnRequest request =
          command(directory, "true").withOutput(Output.DISCARD, Output.append(Path.of(bad)));

      SpawnException failure =
          catchThrowableOfType(SpawnException.class, () -> spawner.start(request));

      assertThat(failure.kind()).isEqualTo(Kind.UNWRITABLE_OUTPUT);
      assertThat(failure).hasMessageContaining(directory.resolve(bad).toString());
    }
  }

  @Test
  void start_namesStdin_whenItCannotBeRead() {
    assertThatThrownBy(() -> spawner.start(command(directory, "cat").withStdin(Path.of("missing"))))
        .isInstanceOf(SpawnException.class)
        .hasMessageContaining("cannot read its stdin")
        .hasMessageContaining("missing: no such file");
  }

  @Test
  void start_tellsTheMend_whenTheArgumentsAreTooLong() {
    SpawnRequest request = command(directory, "true", "x".repeat(200_000));

    SpawnException failure =
        catchThrowableOfType(SpawnException.class, () -> spawner.start(request));

    assertThat(failure.kind()).isEqualTo(Kind.OTHER);
    assertThat(failure).hasMessageContaining("E2BIG").hasMessageContaining("through a file");
  }

  @Test
  void start_saysSo_whenTheProgramIsStillBeingWritten() throws Exception {
    Path program = executable(directory.resolve("program"), "#!/bin/sh\n");
    try (OutputStream writer = Files.newOutputStream(program)) {
      assertThatThrownBy(() -> spawner.start(command(directory, "./program")))
          .isInstanceOf(SpawnException.class)
          .hasMessageContaining("ETXTBSY");
      writer.flush();
    }
  }

  @Test
  void start_findsTheProgramInTheTasksPath_alsoAfterItMoved() throws Exception {
    Path first = Files.createDirectory(directory.resolve("first"));
    Path second = Files.createDirectory(directory.resolve("second"));
    executable(first.resolve("tool"), "#!/bin/sh\nexit 1\n");
    SpawnRequest request =
        SpawnRequest.of(
            List.of("tool"), Scripts.BASE.with("PATH", first + ":" + second), directory);
    assertThat(spawner.start(request).await().exitCode()).isEqualTo(1);

    Files.delete(first.resolve("tool"));
    executable(second.resolve("tool"), "#!/bin/sh\nexit 2\n");

    assertThat(spawner.start(request).await().exitCode()).isEqualTo(2);
  }

  @Test
  void start_sharesOneFile_whenBothOutputsNameIt() throws Exception {
    SpawnRequest request = bash(directory, "echo one; echo two >&2; echo three");
    spawner.start(request).await();
    assertThat(out(directory)).isEqualTo("one\ntwo\nthree\n");

    Output more = Output.append(Path.of("out"));
    spawner.start(bash(directory, "echo four; echo five >&2").withOutput(more, more)).await();
    assertThat(out(directory)).isEqualTo("one\ntwo\nthree\nfour\nfive\n");
  }

  @Test
  void start_readsStdinFromTheFile_andNothingByDefault() throws Exception {
    Files.writeString(directory.resolve("in"), "input");

    spawner.start(command(directory, "cat").withStdin(Path.of("in"))).await();
    assertThat(out(directory)).isEqualTo("input");
    spawner.start(command(directory, "cat")).await();
    assertThat(out(directory)).isEmpty();
  }

  @Test
  void start_letsTheChildInheritTheThreadsAffinity() throws Exception {
    BitSet mask = ThreadMask.get();
    int last = mask.length() - 1;
    FutureTask<String> pinned =
        new FutureTask<>(
            () -> {
              BitSet one = new BitSet();
              one.set(last);
              assertThat(ThreadMask.set(one)).isTrue();
              spawner
                  .start(command(directory, "grep", "Cpus_allowed_list", "/proc/self/status"))
                  .await();
              return out(directory);
            });
    new Thread(pinned, "pinned-slot").start();

    assertThat(pinned.get()).isEqualTo("Cpus_allowed_list:\t" + last + "\n");
    assertThat(ThreadMask.get()).isEqualTo(mask);
  }

  @Test
  void start_passesExactlyTheEnvironment() throws Exception {
    Environment base = Environment.of(Map.of("PATH", "/usr/bin:/bin", "A", "1", "B", "2"));
    Environment own = base.with(Map.of("B", "zwölf", "C", "a=b"));
    for (Environment environment : List.of(own, own.shared())) {
      spawner
          .start(
              SpawnRequest.of(List.of("env"), environment, directory)
                  .withOutput(Output.truncate(Path.of("out")), Output.DISCARD))
          .await();

      assertThat(out(directory).lines())
          .containsExactlyInAnyOrder("PATH=/usr/bin:/bin", "A=1", "B=zwölf", "C=a=b");
      assertThat(environment.get("B")).contains("zwölf");
    }
    assertThat(base.get("B")).contains("2");
    assertThat(base.get("C")).isEmpty();
  }

  @Test
  void start_keepsBytesThatAreNoText_ofThisProcesssEnvironment() throws Exception {
    byte[] block = {'P', '=', (byte) 0xff, 0, 'n', 'o', 'n', 'e', 0, 'Q', '=', 'q'};
    SpawnRequest request =
        SpawnRequest.of(List.of("/usr/bin/env"), Environment.ofBlock(block), directory)
            .withOutput(Output.truncate(Path.of("out")), Output.DISCARD);

    spawner.start(request).await();

    assertThat(Files.readAllBytes(directory.resolve("out")))
        .containsExactly('P', '=', 0xff, '\n', 'Q', '=', 'q', '\n');
  }

  @Test
  void requests_refuseZeroBytes_andBadNames() {
    assertThatThrownBy(() -> command(directory, "a\0b")).hasMessageContaining("zero byte");
    assertThatThrownBy(() -> Scripts.BASE.with("A=B", "")).hasMessageContaining("'='");
    assertThatThrownBy(() -> Scripts.BASE.with("A", "\0")).hasMessageContaining("A holds");
    assertThatThrownBy(() -> SpawnRequest.of(List.of(), Scripts.BASE, directory))
        .hasMessageContaining("name of a program");
  }
}
