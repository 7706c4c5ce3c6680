package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real script in a tree of its own, with a toy java and a toy mvn first on PATH. */
class DroverScriptTest {
  @TempDir Path tree;

  private Path tools;

  @BeforeEach
  void aTreeWithoutAJar() throws IOException {
    Path script = Path.of("..", "drover").toAbsolutePath();
    Files.copy(script, tree.resolve("drover"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectories(tree.resolve("cli"));
    tools = Files.createDirectories(tree.resolve("tools"));
    toy("javac", "exit 0");
    toy(
        "java",
        """
        case "$*" in
          *-version*) echo 'openjdk version "17.0.15" 2025-04-15' >&2 ;;
          *-Xshare:dump* | *DumpLoadedClassList*) exit 1 ;;
          *) printf '%s\\n' "$@" ;;
        esac""");
    toy(
        "mvn",
        "echo built >> builds; sleep 0.2; mkdir -p cli/target; echo jar > cli/target/drover.jar");
  }

  @Test
  void firstUse_buildsTheJar_andSaysSoOnStderr_theNextOneStartsAtOnce() throws Exception {
    Result first = drover(Map.of(), "run", "a b");
    assertThat(first.exit).isZero();
    assertThat(first.err).isEqualTo("drover: building the jar, once (about a minute) …\n");
    assertThat(first.out)
        .endsWith("dev.drover.cli.Main\nrun\na b\n")
        .contains("-XX:+UseSerialGC\n-Xmx512m\n");
    Result second = drover(Map.of("DROVER_JAVA_OPTS", "-Xmx1g -Da=b"), "logs");
    assertThat(second.err).isEmpty();
    assertThat(second.out).contains("-Xmx1g\n-Da=b\n-cp\n");
    assertThat(tree.resolve("builds")).hasContent("built\n");
  }

  @Test
  void twoFirstUsesAtOnce_buildOnce() throws Exception {
    List<Process> both = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      both.add(
          builder(Map.of(), "logs")
              .redirectErrorStream(true)
              .redirectOutput(tree.resolve("out" + i).toFile())
              .start());
    }
    for (Process each : both) {
      assertThat(each.waitFor(2, TimeUnit.MINUTES)).isTrue();
      assertThat(each.exitValue()).isZero();
    }
    assertThat(tree.resolve("builds")).hasContent("built\n");
    assertThat(tree.resolve("cli/target/.building")).doesNotExist();
  }

  @Test
  void lockOfAKilledBuild_isTakenOver_andTheJarThatItLeftHalf_isBuiltAnew() throws Exception {
    Process dead = new ProcessBuilder("true").start();
    dead.waitFor();
    Files.writeString(lock(dead.pid()).resolveSibling("drover.jar"), "ha");

    assertThat(drover(Map.of(), "logs").exit).isZero();

    assertThat(tree.resolve("cli/target/drover.jar")).hasContent("jar");
    assertThat(tree.resolve("builds")).hasContent("built\n");
    assertThat(tree.resolve("cli/target/.building")).doesNotExist();
  }

  @Test
  void aJarThatIsStillBuilt_isWaitedFor() throws Exception {
    Path lock = lock(ProcessHandle.current().pid());
    Path jar = Files.writeString(lock.resolveSibling("drover.jar"), "ha");
    Path err = tree.resolve("waiting");
    Process waiting = builder(Map.of(), "logs").redirectError(err.toFile()).start();
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.exists(err) && Files.readString(err).contains("waiting for it"));
    assertThat(waiting.isAlive()).isTrue();

    Files.writeString(jar, "jar");
    try (Stream<Path> files = Files.list(lock)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(lock);

    assertThat(waiting.waitFor(2, TimeUnit.MINUTES)).isTrue();
    assertThat(waiting.exitValue()).isZero();
    assertThat(tree.resolve("builds")).doesNotExist();
  }

  /** The lock of a build by this process. */
  private Path lock(long pid) throws IOException {
    Path lock = Files.createDirectories(tree.resolve("cli/target/.building"));
    Files.writeString(lock.resolve("pid"), pid + "\n");
    Process uname = new ProcessBuilder("uname", "-n").start();
    Files.write(lock.resolve("host"), uname.getInputStream().readAllBytes());
    return lock;
  }

  @Test
  void failedBuild_showsTheEndOfItsLog_andLeavesNoLock() throws Exception {
    toy("mvn", "echo BOOM; exit 7");
    Result result = drover(Map.of(), "logs");
    assertThat(result.exit).isEqualTo(3);
    assertThat(result.err)
        .isEqualTo(
            "drover: building the jar, once (about a minute) …\nBOOM\n"
                + "drover: the build failed (mvn, exit 7)\n  its whole output: "
                + tree.toRealPath()
                + "/cli/target/build.log\n");
    assertThat(tree.resolve("cli/target/.building")).doesNotExist();
  }

  @Test
  void javaThatIsTooOld_orNotThere_isNamedWithTheMend() throws Exception {
    toy("java", "echo 'java version \"1.8.0_391\"' >&2");
    assertThat(drover(Map.of(), "logs").err)
        .isEqualTo(
            "drover: "
                + tools
                + "/java is Java 1.8.0_391; Drover needs 17 or newer\n"
                + "  fix: load a newer Java, or set JAVA_HOME to one\n");
    assertThat(tree.resolve("builds")).doesNotExist();
    assertThat(drover(Map.of("JAVA_HOME", "/nowhere"), "logs").err)
        .isEqualTo(
            """
            drover: JAVA_HOME is /nowhere, but there is no bin/java in it
              fix: set JAVA_HOME to a JDK 17 or newer, or unset it
            """);
  }

  @Test
  void javaThatIsTooOld_isNamedToo_whereTheJarIsThereAlready() throws Exception {
    assertThat(drover(Map.of(), "logs").exit).isZero();
    toy(
        "java",
        """
        case "$*" in
          *-version*) echo 'openjdk version "11.0.22" 2024-01-16' >&2 ;;
          *) echo 'Unrecognized option: --enable-native-access=ALL-UNNAMED' >&2; exit 1 ;;
        esac""");
    Result result = drover(Map.of(), "logs");
    assertThat(result.exit).isEqualTo(3);
    assertThat(result.err).startsWith("drover: " + tools + "/java is Java 11.0.22; Drover needs");
  }

  @Test
  void javaWhoseReleaseFileTellsItsVersion_isNotStartedToBeAsked() throws Exception {
    Path home = Files.createDirectories(tree.resolve("jdk/bin")).getParent();
    Files.copy(tools.resolve("java"), home.resolve("bin/java"));
    Files.writeString(
        home.resolve("bin/java"),
        "#!/bin/sh\nfor word; do [ \"$word\" != -version ] || exit 9; done\necho \"$@\"\n");
    Files.writeString(home.resolve("release"), "A=\"8\"\nJAVA_VERSION=\"21.0.2\"\nB=\"9\"\n");
    Map<String, String> env = Map.of("JAVA_HOME", home.toString());
    assertThat(drover(env, "logs").out).endsWith("dev.drover.cli.Main logs\n");
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    assertThat(drover(env, "logs").err).contains("does not start"); // it was asked
  }

  @Test
  void throughSymbolicLinks_itFindsItsJar_alsoInATarball() throws Exception {
    Files.createDirectories(tree.resolve("lib"));
    Files.writeString(tree.resolve("lib/drover.jar"), "jar");
    Files.createSymbolicLink(tree.resolve("tools/one"), Path.of("../drover"));
    Files.createSymbolicLink(tree.resolve("tools/two"), tree.resolve("tools/one"));
    Process process =
        builder(Map.of(), "logs").command(tools.resolve("two").toString(), "logs").start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out).contains("-cp\n" + tree.toRealPath() + "/lib/drover.jar\n");
    assertThat(tree.resolve("builds")).doesNotExist();
  }

  @Test
  void aBundlesOwnJava_isTaken_whateverTheEnvironmentSays() throws Exception {
    Files.createDirectories(tree.resolve("lib"));
    Files.writeString(tree.resolve("lib/drover.jar"), "jar");
    Path own = Files.createDirectories(tree.resolve("runtime/bin")).resolve("java");
    Files.move(tools.resolve("java"), own);

    Result result = drover(Map.of("JAVA_HOME", "/opt/java8"), "logs");

    assertThat(result.exit).as(result.err).isZero();
    assertThat(result.out).endsWith("dev.drover.cli.Main\nlogs\n");
  }

  private record Result(int exit, String out, String err) {}

  private Result drover(Map<String, String> env, String... args) throws Exception {
    Path out = tree.resolve("stdout");
    Path err = tree.resolve("stderr");
    Process process =
        builder(env, args).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private ProcessBuilder builder(Map<String, String> env, String... args) {
    List<String> command = new ArrayList<>(List.of(tree.resolve("drover").toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).directory(tools.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().remove("DROVER_JAVA_OPTS");
    builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
    builder.environment().putAll(env);
    return builder;
  }

  private void toy(String name, String body) throws IOException {
    Path file = Files.writeString(tools.resolve(name), "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
