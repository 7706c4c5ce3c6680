package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.drover.protocol.FromSubmitter;
import dev.drover.protocol.ToManager;
import dev.drover.protocol.ToSubmitter;
import dev.drover.task.ClasspathEntry;
import dev.drover.task.Payload;
import dev.drover.worker.FileHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptClasspathsTest {
  private static final String ID = "cd".repeat(32);

  @TempDir Path home;
  private final List<Object> told = new CopyOnWriteArrayList<>();
  private byte[] content;
  private ClasspathEntry elsewhere;

  @BeforeEach
  void aJarOfTheSubmitter() throws IOException {
    content = new byte[100_000];
    Arrays.fill(content, (byte) 7);
    Path jar = Files.write(home.resolve("a.jar"), content);
    elsewhere = new ClasspathEntry("/laptop/only/a.jar", new FileHashes().of(jar), content.length);
  }

  private KeptClasspaths open() throws IOException {
    KeptClasspaths kept = new KeptClasspaths(home.resolve("classes"));
    kept.listener(
        new KeptClasspaths.Listener() {
          @Override
          public void wants(ToSubmitter.NeedFile need) {
            told.add(need);
          }

          @Override
          public void complete(String id) {
            told.add("complete " + id);
          }

          @Override
          public void failed(String reason) {
            told.add("failed " + reason);
          }
        });
    return kept;
  }

  private void awaitTold(Object what) {
    await().atMost(60, TimeUnit.SECONDS).until(() -> told.contains(what));
    told.clear();
  }

  private ToSubmitter.NeedFile need(long offset) {
    return new ToSubmitter.NeedFile(elsewhere.sha256(), offset);
  }

  private FromSubmitter.FilePart part(int from, int to) {
    return new FromSubmitter.FilePart(
        elsewhere.sha256(),
        from,
        Payload.of(Arrays.copyOfRange(content, from, to)),
        to == content.length,
        "");
  }

  @Test
  void filesThatAreMissing_areAskedFor_goOnAfterALoss_andAreServedAlsoByTheNextProcess()
      throws Exception {
    try (KeptClasspaths kept = open()) {
      FromSubmitter.Classpath classpath = new FromSubmitter.Classpath(ID, List.of(elsewhere));
      kept.keep(classpath);
      awaitTold(need(0));
      kept.keep(part(0, 40_000));
      awaitTold(need(40_000));
      kept.keep(part(0, 40_000)); // from before the loss
      kept.keep(classpath); // the submitter is back
      awaitTold(need(40_000));
      assertThat(kept.classpath(ID)).isEmpty();
      kept.keep(part(40_000, 100_000));
      awaitTold("complete " + ID);
    }
    try (KeptClasspaths next = open()) {
      assertThat(next.complete()).containsExactly(ID);
      ClasspathEntry here = next.classpath(ID).orElseThrow().get(0);
      assertThat(Path.of(here.path())).hasBinaryContent(content);
      AtomicReference<ToManager.FilePart> read = new AtomicReference<>();
      next.read(elsewhere.sha256(), 0, read::set);
      await().atMost(60, TimeUnit.SECONDS).until(() -> read.get() != null);
      assertThat(read.get().bytes().bytes()).isEqualTo(content);
    }
  }

  @Test
  void aFileThatIsHereAlready_isNotSent() throws Exception {
    try (KeptClasspaths kept = open()) {
      ClasspathEntry same =
          new ClasspathEntry(
              home.resolve("a.jar").toString(), elsewhere.sha256(), elsewhere.size());
      kept.keep(new FromSubmitter.Classpath(ID, List.of(same)));
      awaitTold("complete " + ID);
    }
  }

  @Test
  void aFileWithAnotherContentThanItsHash_isRefused_andNotKept() throws Exception {
    try (KeptClasspaths kept = open()) {
      kept.keep(new FromSubmitter.Classpath(ID, List.of(elsewhere)));
      awaitTold(need(0));
      content[50_000]++;
      kept.keep(part(0, 100_000));
      await().atMost(60, TimeUnit.SECONDS).until(() -> !told.isEmpty());
      assertThat((String) told.get(0)).startsWith("failed ").contains("was damaged on its way");
      assertThat(kept.complete()).isEmpty();
    }
  }
}
