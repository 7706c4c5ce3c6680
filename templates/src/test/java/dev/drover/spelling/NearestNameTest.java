package dev.drover.spelling;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  @ParameterizedTest
  @CsvSource({"queue, queeu, 1", "abc, abc, 0", "abc, '', 3", "kitten, sitting, 3", "ab, ba, 1"})
  void slips_areCounted(String from, String to, int slips) {
    assertThat(NearestName.slips(from, to)).isEqualTo(slips);
  }
}
