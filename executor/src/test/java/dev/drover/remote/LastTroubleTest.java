package dev.drover.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastTroubleTest {
  @Test
  void aTrouble_isNewsOnce_whateverItSaysOfTheNextTry_andAgainAfterTheLineWasWell() {
    LastTrouble trouble = new LastTrouble();
    assertThat(trouble.isNews("")).isFalse();
    assertThat(trouble.isNews("refused\n  fix:     log in\n  next:    not tried again for 49 s"))
        .isTrue();
    assertThat(trouble.isNews("refused\n  fix:     log in\n  next:    not tried again for 48 s"))
        .isFalse();
    assertThat(trouble.isNews("refused\n  fix:     something else")).isTrue();
    assertThat(trouble.isNews("")).isFalse();
    assertThat(trouble.isNews("refused\n  fix:     something else")).isFalse();
    trouble.over();
    assertThat(trouble.isNews("refused\n  fix:     something else")).isTrue();
  }
}
