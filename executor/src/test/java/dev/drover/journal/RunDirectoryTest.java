package dev.drover.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.journal.RunDirectoryException.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RunDirectoryTest {
  @TempDir Path folder;

  @Test
  void create_makesAPrivateFolderNamedByTimeAndName_andItsMissingParents() throws Exception {
    Path parent = folder.resolve("a/drover-runs");
    try (RunDirectory run = RunDirectory.create(parent, "my run/1", Entries.NOON)) {
      assertThat(run.path()).isEqualTo(parent.resolve("20261121-120000-my-run-1"));
      assertThat(mode(run.path())).isEqualTo("rwx------");
      assertThat(mode(run.keys())).isEqualTo("rwx------");
      assertThat(run.blocks()).isDirectory();
      assertThat(run.managers()).isDirectory();
      assertThat(run.tasks()).isDirectory();
      assertThat(run.block("b-1")).isEqualTo(run.path().resolve("blocks/b-1"));
      assertThat(run.hasJournal()).isFalse();
      assertThat(run.header()).isEmpty();
    }
  }

  @Test
  void twoRunsOfTheSameSecond_getDirectoriesOfTheirOwn() throws Exception {
    try (RunDirectory one = RunDirectory.create(folder, "x", Entries.NOON);
        RunDirectory two = RunDirectory.create(folder, "x", Entries.NOON)) {
      assertThat(two.path()).hasFileName("20261121-120000-x-2").isNotEqualTo(one.path());
    }
  }

  @Test
  void aDirectoryHeldByThisProcess_isRefused_andStaysHeldAfterwards() throws Exception {
    RunDirectory run = RunDirectory.create(folder, "x");
    for (int i = 0; i < 2; i++) {
      RunDirectoryException refused = refused(() -> RunDirectory.open(run.path()));
      assertThat(refused.kind()).isEqualTo(Kind.IN_USE);
      assertThat(refused).hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    assertThat(RunDirectory.view(run.path()).holder()).isPresent();
    // Another process must see the lock still, in spite of the attempts above.
    Process child = ChildJvm.start(HoldingMain.class, run.path().toString());
    child.getOutputStream().close();
    assertThat(child.waitFor()).isNotZero();
    run.close();
    run.close();
    assertThat(RunDirectory.view(run.path()).holder()).isEmpty();
    RunDirectory.open(run.path()).close();
  }

  @Test
  void aDirectoryHeldByALiveProcess_isRefusedNamingIt_andTakenOverOnceItWasKilled()
      throws Exception {
    Path path = folder.resolve("run");
    Process child = ChildJvm.start(HoldingMain.class, path.toString());
    try (BufferedReader out =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).startsWith("held");
      RunDirectoryException refused = refused(() -> RunDirectory.open(path));
      assertThat(refused.kind()).isEqualTo(Kind.IN_USE);
      LockHolder holder = RunDirectory.view(path).holder().orElseThrow();
      assertThat(holder.pid()).isEqualTo(child.pid());
      assertThat(refused)
          .hasMessageContaining(
              "process " + child.pid() + " on " + HostName.local() + ", since " + holder.started())
          .hasMessageContaining("fix:  wait for that run");
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertThat(RunDirectory.view(path).holder()).isEmpty();
    RunDirectory.open(path).close();
  }

  @Test
  void whereTheFileSystemKnowsNoLocks_theHolderDecides() throws Exception {
    RunLock.Locker none =
        channel -> {
          throw new IOException("Function not implemented");
        };
    LockHolder self = LockHolder.self();
    Path lock = folder.resolve("lock");
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();

    Files.write(lock, self.toJson());
    assertThat(refused(() -> RunLock.take(folder, none)).kind()).isEqualTo(Kind.IN_USE);

    Instant earlier = self.processStarted().minusSeconds(3600);
    Files.write(lock, new LockHolder(self.host(), self.pid(), self.started(), earlier).toJson());
    RunLock.take(folder, none).close();

    Files.write(
        lock, new LockHolder(self.host(), gone.pid(), self.started(), Instant.EPOCH).toJson());
    RunLock.take(folder, none).close();

    Files.writeString(lock, "");
    RunLock.take(folder, none).close();
  }

  @Test
  void aHolderOnAnotherHost_countsUntilItLetGo_withTheMend() throws Exception {
    LockHolder other = new LockHolder("login99", 4711, Entries.NOON, Entries.NOON);
    Files.write(folder.resolve("lock"), other.toJson());
    RunDirectoryException refused = refused(() -> RunDirectory.open(folder));
    assertThat(refused)
        .hasMessageContaining("process 4711 on login99, since 2026-11-21T12:00")
        .hasMessageContaining("if it is gone (look on login99), delete the file " + folder);
    Files.delete(folder.resolve("lock"));
    Files.createFile(folder.resolve("journal.jsonl"));
    RunDirectory.open(folder).close();
  }

  @Test
  void openOrCreate_takesAMissingOrEmptyFolder_orARun_andNothingElse() throws Exception {
    Path missing = folder.resolve("x/y");
    RunDirectory.openOrCreate(missing).close();
    RunDirectory.openOrCreate(missing).close();
    RunDirectory.openOrCreate(Files.createDirectory(folder.resolve("empty"))).close();

    Path other = Files.createDirectory(folder.resolve("home"));
    Files.createFile(other.resolve("thesis.tex"));
    RunDirectoryException refused = refused(() -> RunDirectory.openOrCreate(other));
    assertThat(refused.kind()).isEqualTo(Kind.NOT_A_RUN);
    assertThat(other.resolve("lock")).doesNotExist();
  }

  @Test
  void aFileInItsPlace_isNamed() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    for (RunDirectoryException refused :
        List.of(
            refused(() -> RunDirectory.open(file)),
            refused(() -> RunDirectory.openOrCreate(file)),
            refused(() -> RunDirectory.create(file, "x")),
            refused(() -> RunDirectory.create(file.resolve("runs"), "x")),
            refused(() -> RunDirectory.openOrCreate(file.resolve("run"))))) {
      assertThat(refused.kind()).isEqualTo(Kind.NOT_A_DIRECTORY);
      assertThat(refused).hasMessageContaining("path: " + file).hasMessageContaining("fix:");
    }
    assertThat(refused(() -> RunDirectory.open(folder.resolve("none"))).kind())
        .isEqualTo(Kind.MISSING);
  }

  @Test
  void aReadOnlyOrFullDisk_isToldFromEachOther() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder, "size=64k,nr_inodes=5")) {
      RunDirectoryException full = refused(() -> RunDirectory.create(disk.path(), "x"));
      assertThat(full.kind()).isEqualTo(Kind.NO_SPACE);
      assertThat(full)
          .hasMessageContaining("No space left on device")
          .hasMessageContaining("fix:  free some space or inodes");
      disk.remount("ro");
      RunDirectoryException denied = refused(() -> RunDirectory.create(disk.path(), "x"));
      assertThat(denied.kind()).isEqualTo(Kind.NOT_WRITABLE);
      assertThat(denied).hasMessageContaining("fix:  choose a directory that you may write to");
    }
  }

  @Test
  void theHeader_comesBackEqual_andReplacesAnOlderOne() throws Exception {
    try (RunDirectory run = RunDirectory.create(folder, "x")) {
      for (String odd : List.of("first", "a \"b\" \n 😀")) {
        RunHeader header =
            RunHeader.ofThisProcess(
                "r-1", odd, Entries.NOON, List.of("run", odd, ""), "0.1", odd, Map.of(odd, odd));
        run.writeHeader(header);
        assertThat(RunDirectory.view(run.path()).header()).contains(header);
      }
      assertThat(run.path().resolve("run.json.new")).doesNotExist();
      Files.writeString(run.path().resolve("run.json"), "{\"version\":");
      assertThatThrownBy(run::header)
          .isInstanceOf(RunDirectoryException.class)
          .hasMessageContaining("cannot read run.json");
    }
  }

  private interface Attempt {
    Object make() throws Exception;
  }

  private static RunDirectoryException refused(Attempt attempt) {
    return catchThrowableOfType(RunDirectoryException.class, attempt::make);
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
