package dev.drover.headnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class SshAddressTest {
  @Test
  void parse_readsAllForms_andPrintsThemInOne() {
    assertThat(SshAddress.parse("ssh://ada@login.example.org:2222"))
        .hasToString("ssh://ada@login.example.org:2222");
    assertThat(SshAddress.parse("login1")).hasToString("ssh://login1");
    assertThat(SshAddress.parse(" ada@login1/ ")).hasToString("ssh://ada@login1");
    assertThat(SshAddress.parse("ada@[2001:db8::1]:22")).hasToString("ssh://ada@[2001:db8::1]:22");
    assertThat(SshAddress.parse("[::1]").host()).isEqualTo("::1");
    assertThat(SshAddress.parseAll("a, u@b:1")).hasSize(2);
    assertThat(SshAddress.parseAll(" ")).isEmpty();
  }

  @Test
  void parse_refusesWhatIsNone_andShowsTheForm() {
    for (String bad :
        List.of(
            "", "ssh://", "u:secret@h", "h:p", "-oProxyCommand=x", "h/path", "a b", "@h", "::1")) {
      assertThatIllegalArgumentException()
          .as(bad)
          .isThrownBy(() -> SshAddress.parse(bad))
          .withMessageContaining("write ssh://user@host:port");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SshAddress.parse("h:70000"))
        .withMessageContaining("give 1 to 65535");
  }
}
