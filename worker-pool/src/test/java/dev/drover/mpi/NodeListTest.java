package dev.drover.mpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The node lists of the schedulers, from made-up files and answers. */
class NodeListTest {
  private static final HostCommand NO_COMMAND =
      argv -> {
        throw new IOException("no such command: " + argv.get(0));
      };

  @TempDir Path directory;

  private String file(String... lines) throws IOException {
    return Files.write(directory.resolve("hosts"), List.of(lines)).toString();
  }

  private static List<String> hosts(String variable, String value) throws IOException {
    return NodeList.of(Map.of(variable, value), NO_COMMAND).hosts();
  }

  @Test
  void pbsNodeFile_countsEachHostOnce_inItsOrder() throws IOException {
    // Parsl counts a host once for each of its mpiprocs.
    assertThat(hosts("PBS_NODEFILE", file("n2", "n2", "n1", "n1", "", "n2")))
        .containsExactly("n2", "n1");
  }

  @Test
  void slurm_asksScontrol() throws IOException {
    HostCommand scontrol =
        argv -> {
          assertThat(argv).containsExactly("scontrol", "show", "hostnames", "n[1-2]");
          return "n1\nn2\n";
        };
    assertThat(NodeList.of(Map.of("SLURM_JOB_NODELIST", "n[1-2]"), scontrol))
        .isEqualTo(new NodeList("SLURM_JOB_NODELIST (n[1-2])", List.of("n1", "n2")));
  }

  @Test
  void slurm_spellsTheListOut_whereScontrolDoesNotAnswer() throws IOException {
    assertThat(hosts("SLURM_NODELIST", "n[08-10],m")).containsExactly("n08", "n09", "n10", "m");
  }

  @Test
  void slurm_saysWhatIsWrongWithTheList() {
    assertThatThrownBy(() -> hosts("SLURM_JOB_NODELIST", "n[1-"))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("SLURM_JOB_NODELIST (n[1-)", "no list of hosts");
  }

  @Test
  void flux_comesBeforeTheSchedulerAroundIt() throws IOException {
    NodeList list =
        NodeList.of(
            Map.of("FLUX_URI", "local:///x", "PBS_NODEFILE", file("n9")),
            argv -> {
              assertThat(argv).startsWith("flux", "resource", "list");
              return "n[0,3]\n";
            });
    assertThat(list.hosts()).containsExactly("n0", "n3");
  }

  @Test
  void flux_thatDoesNotAnswer_isNoEmptyList() {
    assertThatThrownBy(() -> hosts("FLUX_URI", "local:///x"))
        .hasMessageContainingAll("Flux instance does not tell", "no such command: flux");
  }

  @Test
  void lsf_leavesOutTheLaunchNode() throws IOException {
    assertThat(hosts("LSB_DJOB_HOSTFILE", file("batch5", "a1", "a1", "a2")))
        .containsExactly("a1", "a2");
    assertThat(hosts("LSB_HOSTS", "a1 a1 a2")).containsExactly("a1", "a2");
    assertThat(hosts("LSB_HOSTS", "login1")).containsExactly("login1");
  }

  @Test
  void cobaltNodeFile_isRead() throws IOException {
    assertThat(hosts("COBALT_NODEFILE", file("nid1", "nid2"))).containsExactly("nid1", "nid2");
  }

  @Test
  void aPlainFile_mayHoldComments_countsAndMoreColumns() throws IOException {
    assertThat(NodeList.ofFile(Path.of(file("# mine", "n1:4", "n2 slots=4", "n1"))).hosts())
        .containsExactly("n1", "n2");
  }

  @Test
  void noJob_isAnError_thatNamesWhatWasLookedAt() {
    assertThatThrownBy(() -> NodeList.of(Map.of("PBS_NODEFILE", " "), NO_COMMAND))
        .hasMessageContainingAll("PBS_NODEFILE", "SLURM_JOB_NODELIST", "not set", "fix:");
  }

  @Test
  void aFileThatIsMissingOrEmpty_isNamed() throws IOException {
    assertThatThrownBy(() -> hosts("PBS_NODEFILE", "/nowhere/nodes"))
        .hasMessageContainingAll("PBS_NODEFILE (/nowhere/nodes)", "cannot be read");
    String empty = file("");
    assertThatThrownBy(() -> hosts("PBS_NODEFILE", empty)).hasMessageContaining("names no host");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n1 | n1",
        "n[1-3] | n1 n2 n3",
        "n[01-03,7],login1 | n01 n02 n03 n7 login1",
        "r[0-1]n[08-10]x | r0n08x r0n09x r0n10x r1n08x r1n09x r1n10x",
        "n[9-11] | n9 n10 n11",
      })
  void expand_spellsHostsOut(String text, String expected) {
    assertThat(HostListText.expand(text)).containsExactly(expected.split(" "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "n[", "n]", "n[1-", "n[3-1]", "n[a]", "n[[1]]", "a,,b", "n[]", "n[1-9999999]"})
  void expand_refusesWhatIsSpeltWrongly(String text) {
    assertThatThrownBy(() -> HostListText.expand(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no list of hosts");
  }

  @Test
  void hostCommand_givesTheOutput_orSaysWhyThereIsNone() throws IOException {
    HostCommand command = HostCommand.within(Duration.ofMinutes(1));
    assertThat(command.output(List.of("echo", "n1"))).isEqualTo("n1\n");
    assertThatThrownBy(() -> command.output(List.of("sh", "-c", "echo down >&2; exit 3")))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("exit 3", "down");
    HostCommand impatient = HostCommand.within(Duration.ofMillis(500));
    assertThatThrownBy(() -> impatient.output(List.of("sleep", "60")))
        .hasMessageContaining("did not end within");
    assertThatThrownBy(() -> command.output(List.of("no-such-program-here")))
        .isInstanceOf(IOException.class);
  }

  @Test
  void ownName_isSlurmsShortOne_butNotThatOfAnotherNode() {
    assertThat(NodeList.ownName(Map.of("SLURMD_NODENAME", "n1"), "n1.example.org")).isEqualTo("n1");
    assertThat(NodeList.ownName(Map.of("SLURMD_NODENAME", "n1"), "n1")).isEqualTo("n1");
    assertThat(NodeList.ownName(Map.of("SLURMD_NODENAME", "n1"), "n10.x")).isEqualTo("n10.x");
    assertThat(NodeList.ownName(Map.of(), "n1.example.org")).isEqualTo("n1.example.org");
  }
}
