package dev.drover.cli.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.headnode.SkipAloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a user does who is not root, as the tests are, on a machine that root used before. */
@Timeout(1200)
class OrdinaryUserRealTest extends RealTest {
  private static final int NOBODY = 65_534;

  /** Users whom no list of users knows, as in some containers. */
  private static final List<Integer> NAMELESS = List.of(64_201, 64_202);

  private Path classpath;
  private final List<Path> caches = new ArrayList<>();

  @BeforeEach
  void classesThatEverybodyMayRead() throws Exception {
    SkipAloud.unless(
        Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
            && isThere("setpriv"),
        "this is not root with setpriv, so no second user was tried");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    classpath = home.resolve("classpath");
    drover.fromCopiesIn(classpath);
  }

  /** Nothing was sent to them: what is a user's own here is empty. */
  @AfterEach
  void noJarCacheIsLeft() {
    caches.forEach(cache -> cache.toFile().delete());
  }

  private static boolean isThere(String program) {
    return List.of(System.getenv("PATH").split(":")).stream()
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  /** The command in a home directory of a user's own. */
  private Drover as(int user) throws IOException {
    Path own = Files.createDirectory(home.resolve("home-" + user));
    Files.setAttribute(own, "unix:uid", user);
    Files.setAttribute(own, "unix:gid", user);
    String id = Integer.toString(user);
    caches.add(Path.of("/tmp/drover-jars-" + (user == NOBODY ? "nobody" : id)));
    return new Drover(own)
        .fromCopiesIn(classpath)
        .startedBy(List.of("setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"))
        .environment("HOME", own.toString());
  }

  @Test
  void commandsRun_andARunThatWasKilledIsResumed_asTheyDoForRoot() throws Exception {
    drover.run("run", "--", "true").exits(0).says("1 task done");
    Drover user = as(NOBODY);

    user.run("run", "--", "id -u; test {} -gt 0", ":::", "1", "2", "3")
        .exits(0)
        .says("all 3 tasks done");

    Drover.Running run =
        user.start(
            "run",
            "--run-dir",
            "r",
            "--set",
            "worker.max-per-node=1",
            "--set",
            "worker.kill-grace=1s",
            "--",
            "id -u; echo x >> at-{}; [ {} = 1 ] || [ -e go ] || sleep 300",
            ":::",
            "1",
            "2");
    Drover.awaitFile(user.file("at-2"));
    await()
        .atMost(Drover.PATIENCE)
        .until(() -> Drover.text(user.file("r/journal.jsonl")).contains("\"t\":\"done\",\"id\":1"));
    run.signal("KILL");
    assertThat(run.end().exit()).isEqualTo(137);
    user.write("go");

    user.run("resume", "r").exits(0).says("all 2 tasks done", "; 1 had ended before");
    assertThat(user.file("at-1")).hasContent("x");
    assertThat(user.run("logs", "r", "--stdout").exits(0).out()).contains("" + NOBODY);
  }

  @Test
  void functionsRunInWorkers_ofRoot_ofAUser_andOfSeveralWithoutAName() throws Exception {
    assertFunctionRuns(drover);
    assertFunctionRuns(as(NOBODY));
    for (int user : NAMELESS) {
      assertFunctionRuns(as(user));
    }
  }

  @Test
  void aUsersOwnFileInAFolderThatIsOpenToAll_isRead_alsoOfOneWithoutAName() throws Exception {
    for (int user : List.of(NOBODY, NAMELESS.get(0))) {
      Drover its = as(user);
      Files.setPosixFilePermissions(its.file(""), PosixFilePermissions.fromString("rwxrwxrwx"));
      Files.setAttribute(
          its.write("drover.properties", "worker.kill-grace = 17s"), "unix:uid", user);

      assertThat(its.run("sites", "show", "local").exits(0).out())
          .as("user %d", user)
          .contains("worker.kill-grace = 17s");
    }
  }

  private static void assertFunctionRuns(Drover of) {
    of.program(OrdinaryFunctionMain.class).run().exits(0).prints("a worker's process said so");
  }
}
