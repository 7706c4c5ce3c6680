package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTextTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("USER", "ada", "EMPTY", "", "TRICKY", "${env:USER} $1 \\ ${file:UTF-8:/etc/hostname}");

  @ParameterizedTest
  @CsvSource({
    "/home/${env:USER}/x, /home/ada/x",
    "${env:USER}${env:USER}, adaada",
    "${env:NONE:-fallback}, fallback",
    "${env:NONE:-}x, x",
    "${env:EMPTY:-fallback}, fallback",
    "[${env:EMPTY}], []",
    "${env:NONE:-${env:USER}}/x, ada/x",
    "${env:NONE:-${HOME}/y}/x, ${HOME}/y/x",
    "${env:NONE:-a:-b}, a:-b",
    "$${env:USER}, ${env:USER}",
  })
  void environmentReference_isReplaced(String text, String expected) {
    assertThat(EnvironmentText.resolve(text, ENVIRONMENT)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$PBS_NODEFILE",
        "${HOME}",
        "${PBS_O_WORKDIR:-/tmp}",
        "$(hostname)",
        "${file:UTF-8:/etc/hostname}",
        "${sys:user.home}",
        "${script:javascript:1}",
        "${dns:localhost}",
        "${executor.label}",
        "$$",
        "${",
      })
  void everythingElse_reachesTheNodeUntouched(String text) {
    assertThat(EnvironmentText.resolve(text, ENVIRONMENT)).isEqualTo(text);
    assertThat(EnvironmentText.resolve("${env:USER} " + text, ENVIRONMENT))
        .isEqualTo("ada " + text);
  }

  @Test
  void whatWasPutIn_isNotLookedAtAgain() {
    assertThat(EnvironmentText.resolve("${env:TRICKY}", ENVIRONMENT))
        .isEqualTo(ENVIRONMENT.get("TRICKY"));
  }

  @Test
  void escapedText_resolvesToItself() {
    String text = "${env:USER} and $${env:USER} and ${HOME}";
    assertThat(EnvironmentText.resolve(EnvironmentText.escape(text), ENVIRONMENT)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "${env:A}/${env:B} | needs A, B, which the environment does not set; export it, or write"
            + " ${env:A:-default}",
        "x ${env:USER | has a ${env: that no } closes",
        "${env:} | has ${env:}, which names no variable",
        "${env:-x} | has ${env:-x}, which names no variable",
        "${env:USER-x} | has ${env:USER-x}; write ${env:NAME} or ${env:NAME:-default}",
      })
  void faultyReference_isRefused(String text, String message) {
    assertThatThrownBy(() -> EnvironmentText.resolve(text, ENVIRONMENT)).hasMessage(message);
  }
}
