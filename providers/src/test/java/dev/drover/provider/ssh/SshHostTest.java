package dev.drover.provider.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshHostTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"node1", "node1*4", "ada@node1:2222*16", "[::1]:22", "localhost", "localhost*2"})
  void host_isPrintedAsItWasRead(String text) {
    assertThat(SshHost.parse(text)).hasToString(text);
  }

  @Test
  void localhost_isThisMachineWithoutSsh_unlessAUserOrPortIsSaid() {
    assertThat(SshHost.parse("localhost").address()).isEmpty();
    assertThat(SshHost.parse("ada@localhost").address()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "*4", "node1*", "node1*0", "node1*x", "ada@", "node1/x", "a;b"})
  void whatIsNoHost_isRefused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> SshHost.parse(text));
  }

  @Test
  void hostsFile_hasAHostALine_withRemarks() {
    assertThat(SshHost.parseFile("# mine\nnode1\n\n ada@node2*4 # the large one\n"))
        .hasToString("[node1, ada@node2*4]");
  }

  @Test
  void hostsFile_isToldAllItsProblemsAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SshHost.parseFile("node1\nnode2*x\n\n@\nnode1*3\n"))
        .withMessageContaining("line 2: 'node2*x' is no host")
        .withMessageContaining("line 4: '@'")
        .withMessageContaining("node1 is named 2 times");
  }

  @Test
  void twice_isByName_whateverTheSlots() {
    assertThat(SshHost.twice(List.of(SshHost.parse("a*2"), SshHost.parse("b"), SshHost.parse("a"))))
        .singleElement()
        .asString()
        .contains("a is named 2 times");
  }
}
