package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.headnode.SkipAloud;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that a head node runs, as its shell takes them, with toys for Java. */
class HeadNodeScriptsTest {
  @TempDir Path home;
  private Path run;

  private record Result(int exit, String out, String err) {}

  @BeforeEach
  void aRunDirectory() throws IOException {
    run = Files.createDirectories(home.resolve("run"));
  }

  private Result script(String name, Map<String, String> environment, Object... words)
      throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/bin/sh", "-c", RemoteRunFiles.script("began.sh", name), "sh"));
    Arrays.stream(words).map(Object::toString).forEach(command::add);
    Path err = home.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(err.toFile());
    builder.environment().remove("JAVA_HOME");
    builder.environment().put("HOME", home.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out.strip(), Files.readString(err));
  }

  private Path java(String directory, String version) throws IOException {
    Path java = Files.createDirectories(home.resolve(directory)).resolve("java");
    Files.writeString(java, "#!/bin/sh\necho 'openjdk version \"" + version + "\"' >&2\n");
    return Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void java_isTheOneThatIsSet_orJavaHomes_orThePaths_thatIsNewEnough() throws Exception {
    Path set = java("set", "21");
    Path old = java("old/bin", "1.8.0_391");
    Path early = java("path", "25-ea");
    Map<String, String> around =
        Map.of("JAVA_HOME", "" + home.resolve("old"), "PATH", home.resolve("path") + ":/usr/bin");

    assertThat(script("interchange.sh", around, "where", run, set).out()).isEqualTo("" + set);
    assertThat(script("interchange.sh", around, "where", run, "~/set/java").out())
        .isEqualTo("" + set);
    assertThat(script("interchange.sh", around, "where", run, "java").out()).isEqualTo("" + early);
    assertThat(script("interchange.sh", around, "where", run, "").out()).isEqualTo("" + early);
    assertThat(script("interchange.sh", around, "where", run, old).out()).isEqualTo("" + early);
  }

  @Test
  void anInterchangeIsFound_alsoWhenItsStarterWasKilledBeforeItWasReady() throws Exception {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    long pid = ProcessHandle.current().pid();
    String said = "{\"drover_json\":1,\"pid\":%d,\"port\":7}".formatted(pid);
    Files.writeString(run.resolve("lock"), lock(host, pid, begin()));
    Files.createDirectories(run.resolve("keys"));
    Files.writeString(run.resolve("keys/submission"), "addresses");
    Files.writeString(
        run.resolve("interchange.out"), "{\"drover_json\":1,\"pid\":1,\"port\":5}\n" + said + "\n");
    Files.writeString(run.resolve("interchange.json"), "{\"drover_json\":1,\"pid\":1,\"port\":5}");

    Result found = script("interchange.sh", Map.of(), "look", run);

    assertThat(found).isEqualTo(new Result(0, said, ""));
    assertThat(run.resolve("interchange.json")).hasContent(said);
    Files.writeString(run.resolve("lock"), "{\"host\":\"%s\",\"pid\":%d}".formatted(host, pid));
    assertThat(script("interchange.sh", Map.of(), "look", run).exit()).isZero();
    Files.writeString(run.resolve("lock"), lock("login7", pid, begin()));
    Result elsewhere = script("interchange.sh", Map.of(), "look", run);
    assertThat(elsewhere.exit()).isEqualTo(7);
    assertThat(elsewhere.err()).contains("runs on login7, and this is " + host);
    Files.writeString(run.resolve("lock"), "");
    assertThat(script("interchange.sh", Map.of(), "look", run).exit()).isEqualTo(3);
  }

  private static Instant begin() {
    return ProcessHandle.current().info().startInstant().orElseThrow();
  }

  private static String lock(String host, long pid, Instant processStarted) {
    return "{\"host\":\"%s\",\"pid\":%d,\"started\":\"%s\",\"processStarted\":\"%s\"}%n"
        .formatted(host, pid, Instant.now(), processStarted);
  }

  /** As after a reboot. */
  @Test
  void laterProcessOfTheSameNumber_isNotTakenForTheInterchange() throws Exception {
    String host = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    long pid = ProcessHandle.current().pid();
    Files.createDirectories(run.resolve("keys"));
    Files.writeString(run.resolve("keys/submission"), "addresses");
    Files.writeString(
        run.resolve("interchange.out"),
        "{\"drover_json\":1,\"pid\":%d,\"port\":7}\n".formatted(pid));
    for (long seconds : List.of(-3600L, -5L, 5L)) {
      Files.writeString(run.resolve("lock"), lock(host, pid, begin().plusSeconds(seconds)));
      Result found = script("interchange.sh", Map.of(), "look", run);
      assertThat(found).as("%d s", seconds).isEqualTo(new Result(3, "", ""));
    }
    for (long seconds : List.of(-1L, 1L)) {
      Files.writeString(run.resolve("lock"), lock(host, pid, begin().plusSeconds(seconds)));
      assertThat(script("interchange.sh", Map.of(), "look", run).exit()).isZero();
    }
  }

  @Test
  void aRuntime_isUnpackedWholeOrNotAtAll_andItsTarballGoesEitherWay() throws Exception {
    Path cache = Files.createDirectories(home.resolve("cache"));
    Path directory = cache.resolve("runtime-1");
    Path tarball = cache.resolve("runtime-1.tar.gz");
    assertThat(script("runtime.sh", Map.of(), directory, tarball).exit()).isEqualTo(4);

    Path java = java("drover-1/runtime/bin", "17");
    pack(tarball, "drover-1");
    byte[] whole = Files.readAllBytes(tarball);
    Files.write(tarball, Arrays.copyOf(whole, whole.length - 20));
    assertThat(script("runtime.sh", Map.of(), directory, tarball).exit()).isEqualTo(6);
    pack(tarball, "run");
    assertThat(script("runtime.sh", Map.of(), directory, tarball).exit()).isEqualTo(7);
    Files.writeString(java, "#!/bin/sh\necho 'no GLIBC_2.34' >&2; exit 1\n");
    pack(tarball, "drover-1");
    Result foreign = script("runtime.sh", Map.of(), directory, tarball);
    assertThat(foreign.exit()).isEqualTo(8);
    assertThat(foreign.err()).contains("no GLIBC_2.34\nthis machine is ");
    assertThat(cache).isEmptyDirectory();

    Files.write(tarball, whole);
    assertThat(script("runtime.sh", Map.of(), directory, tarball).exit()).isZero();
    assertThat(directory.resolve("runtime/bin/java")).isExecutable();
    assertThat(script("runtime.sh", Map.of(), directory, tarball).exit()).isZero();
    try (Stream<Path> files = Files.list(cache)) {
      assertThat(files).containsExactly(directory);
    }
  }

  private void pack(Path tarball, String directory) throws Exception {
    assertThat(
            new ProcessBuilder("tar", "-czf", tarball.toString(), directory)
                .directory(home.toFile())
                .start()
                .waitFor())
        .isZero();
  }

  @Test
  void scripts_passShellCheck() throws Exception {
    SkipAloud.unless(
        new ProcessBuilder("which", "shellcheck").start().waitFor() == 0,
        "shellcheck is not installed, so the scripts of a head node were not checked by it");
    for (String name :
        List.of(
            "ask.sh",
            "began.sh",
            "find.sh",
            "interchange.sh",
            "runs.sh",
            "runtime.sh",
            "sent.sh")) {
      Path file = Files.writeString(home.resolve(name), RemoteRunFiles.script(name));
      Process check =
          new ProcessBuilder("shellcheck", "--shell=sh", file.toString())
              .redirectErrorStream(true)
              .start();
      String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(said).as(name).isEmpty();
    }
  }
}
