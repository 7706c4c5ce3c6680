package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.executor.HighThroughputExecutor;
import dev.drover.headnode.SkipAloud;
import dev.drover.provider.slurm.SlurmCluster;
import java.beans.Introspector;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code drover bundle}, and the head node of a real Slurm behind a real OpenSSH that has no Java:
 * where it is on this machine, its logins see empty directories.
 */
@Timeout(1800)
class NoJavaThereRealTest extends HeadNodeTest {
  private static final List<String> HOMES_OF_JAVA = List.of("/usr/lib/jvm", "/opt/java");

  @Test
  void withoutJavaThere_theStartSaysWhatItLookedAt_andWithABundleTheRunUsesThatOne()
      throws Exception {
    SkipAloud.unless(
        exit(List.of("unshare", "--mount", "true"), Map.of()) == 0,
        "no directory can be hidden here, so nothing was tested without a Java there");
    startTheServer();

    run("r", "--", "true")
        .exits(3)
        .says(
            "no Java of version 17 or newer: looked at executor.java (not set), JAVA_HOME (not set), PATH (/",
            "set executor.java",
            "module load java",
            "drover bundle");
    assertThat(home.resolve("r")).doesNotExist();
    assertThat(there()).isEmptyDirectory();
    run("r", "--set", "headnode.runtime=" + home.resolve("bundle"), "--", "true")
        .exits(3)
        .says("headnode.runtime is no file here", "fix:     make it: drover bundle --output");

    assertThat(drover.run("doctor", "--site", "./there.properties").exits(3).out())
        .contains("\nFAIL  java           no Java of version 17 or newer", "drover bundle")
        .contains("\nok    runs ");

    Path bundle = home.resolve("bundle");
    drover.run("bundle", "--output", "bundle").exits(0).says("bundle (", " MB)", "glibc 2.");
    oneForOtherMachines_isRefused_andLeavesNothing();

    String runtime = "headnode.runtime=" + bundle;
    String javaOfTheManager = "readlink /proc/$PPID/exe";
    run("r", "--set", runtime, "--", javaOfTheManager).exits(0).says("sending bundle there, once");
    Path cache = there().resolve(".cache/drover");
    String[] doctor = {"doctor", "--site", "./there.properties", "--set", runtime};
    assertThat(drover.run(doctor).exits(0).out())
        .contains("\nok    java           none of version 17 or newer; a run sends");
    assertThat(drover.run("logs", "r", "--stdout").out())
        .contains("\n" + cache.resolve("runtime-"))
        .endsWith("/runtime/bin/java\n");
    run("again", "--set", runtime, "--", "true").exits(0).saysNot("sending");
    assertThat(names(cache)).hasSize(2).noneMatch(name -> name.endsWith(".tar.gz"));

    theBundleIsAWholeDrover(bundle);
  }

  private void startTheServer() {
    List<String> options = new ArrayList<>();
    HOMES_OF_JAVA.stream()
        .filter(each -> Files.isDirectory(Path.of(each)))
        .forEach(each -> options.addAll(List.of("--hide", each)));
    startTheHeadNode(options.toArray(String[]::new));
    siteOnSlurm(SlurmCluster.shared());
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private void oneForOtherMachines_isRefused_andLeavesNothing() throws Exception {
    Path java = home.resolve("other/runtime/bin/java");
    Files.createDirectories(java.getParent());
    Files.write(java, new byte[] {0x7f, 'E', 'L', 'F', 2, 2, 1}); // big-endian
    assertThat(java.toFile().setExecutable(true)).isTrue();
    assertThat(exit(List.of("tar", "-czf", "other.tar.gz", "other"), Map.of())).isZero();
    run("r", "--set", "headnode.runtime=" + home.resolve("other.tar.gz"), "--", "true")
        .exits(3)
        .says(
            "its Java does not run there",
            "this machine is ",
            "with glibc 2.",
            "of that architecture");
    assertThat(home.resolve("r")).doesNotExist();
    assertThat(there().resolve(".cache/drover")).isEmptyDirectory();
  }

  /** Installed from its tarball it needs no other Java, runs tasks, and Java functions. */
  private void theBundleIsAWholeDrover(Path bundle) throws Exception {
    Path installed = Files.createDirectories(home.resolve("installed"));
    assertThat(
            exit(
                List.of(
                    "tar", "-xzf", bundle.toString(), "-C", "installed", "--strip-components=1"),
                Map.of()))
        .isZero();
    Files.createFile(installed.resolve("lib/drover.jsa")); // none, which saves making it
    Map<String, String> bare = Map.of("PATH", "/usr/bin:/bin", "JAVA_HOME", "/nonexistent");
    String command = installed.resolve("drover").toString();
    assertThat(exit(List.of(command, "run", "--", "test {} = a", ":::", "a"), bare)).isZero();
    assertThat(exit(List.of(command, "render"), bare)).isZero();

    Path java = installed.resolve("runtime/bin/java");
    try (HighThroughputExecutor executor =
        HighThroughputExecutor.onSite("local")
            .set("executor.java", java.toString())
            .runsIn(home)
            .start()) {
      assertThat(executor.submit(NoJavaThereRealTest::useOfJavaSe).get(5, TimeUnit.MINUTES))
          .isEqualTo(java.getParent().getParent().toRealPath().toString());
    }
    drover
        .withJava(installed.resolve("runtime"))
        .run("bundle")
        .exits(3)
        .says("is a Java without jlink", "install a whole JDK");
  }

  private static String useOfJavaSe() throws Exception {
    KeyPairGenerator.getInstance("EC").generateKeyPair();
    Introspector.getBeanInfo(Thread.class);
    Class.forName("java.sql.DriverManager");
    HttpClient.newHttpClient();
    Path zip = Files.createTempFile("drover", ".zip");
    Files.delete(zip);
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Files.writeString(files.getPath("a"), "a");
    }
    Files.delete(zip);
    return System.getProperty("java.home");
  }

  private int exit(List<String> command, Map<String, String> environment) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("exit.out").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
    return process.exitValue();
  }
}
