package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InterpolationTest {
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
    assertThat(resolve(text)).isEqualTo(expected);
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
        "${frobnicate.x}",
        "${x%.gz}",
        "$$",
        "${",
      })
  void everythingElse_reachesTheNodeUntouched(String text) {
    assertThat(resolve(text)).isEqualTo(text);
    assertThat(resolve("${env:USER} " + text)).isEqualTo("ada " + text);
  }

  @Test
  void whatWasPutIn_isNotLookedAtAgain() {
    assertThat(resolve("${env:TRICKY}")).isEqualTo(ENVIRONMENT.get("TRICKY"));
  }

  @Test
  void escapedText_resolvesToItself() {
    String text = "${env:USER} and $${env:USER} and ${HOME}";
    assertThat(resolve(Interpolation.escape(text))).isEqualTo(text);
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
    assertThatThrownBy(() -> resolve(text)).hasMessage(message);
  }

  private static final Map<String, String> TEXTS =
      Map.of(
          "executor.label", "htex",
          "worker.log-root", "/logs/${executor.label}/${env:USER}",
          "queue.debug.note", "short",
          "provider.account", "",
          "provider.queue", "${provider.qos}",
          "provider.qos", "q-${provider.reservation}",
          "provider.reservation", "${provider.queue}",
          "provider.gres", "${env:NONE}");

  private static String resolve(String text) {
    return new Interpolation(ENVIRONMENT, key -> Optional.ofNullable(TEXTS.get(key.name())))
        .resolve("provider.worker-init", text);
  }

  @ParameterizedTest
  @CsvSource({
    "a-${executor.label}-b, a-htex-b",
    "${worker.log-root}/x, /logs/htex/ada/x",
    "${queue.debug.note}, short",
    "$${executor.label}, ${executor.label}",
    "${env:NONE:-${executor.label}}, htex",
    "$PBS_NODEFILE ${HOME} ${executor.label}, $PBS_NODEFILE ${HOME} htex",
  })
  void keyReference_isReplacedByThatKeysText(String text, String expected) {
    assertThat(resolve(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "${provider.account} | needs provider.account, which is not set",
        "x ${provider.queue} | goes in a circle: provider.queue -> provider.qos ->"
            + " provider.reservation -> provider.queue",
        "${provider.worker-init} | goes in a circle: provider.worker-init -> provider.worker-init",
        "${provider.acount} | has ${provider.acount}, which is no key; write ${provider.account}",
        "${executor.label:-x} | has ${executor.label:, which is no key; write ${executor.label}",
        "${provider.gres} | needs NONE, which the environment does not set; export it, or write"
            + " ${env:NONE:-default}",
      })
  void faultyKeyReference_isRefused(String text, String message) {
    assertThatThrownBy(() -> resolve(text)).hasMessage(message);
  }

  @Test
  void escapedKeyReference_resolvesToItself() {
    String text = "${executor.label} and $${executor.label} and ${a.b} ${HOME} ${env:X}";
    assertThat(resolve(Interpolation.escape(text))).isEqualTo(text);
  }
}
