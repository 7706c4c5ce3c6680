package dev.drover.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "512 MiB, 536870912",
    "16GB, 16000000000",
    "16gb, 16000000000",
    "1.5GiB, 1610612736",
    "0 B, 0",
    "7 TiB, 7696581394432",
    "9223372036854775807 B, 9223372036854775807"
  })
  void parse_isExact(String text, long bytes) {
    assertThat(ByteSize.parse(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"512", "1.5", " 7 "})
  void parse_refusesABareNumber_andSaysWhatToWrite(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse(text))
        .withMessageContaining("has no unit")
        .withMessageContaining(text.strip() + " MiB");
  }

  @Test
  void parse_refusesAnUnknownUnit_andListsThoseThatThereAre() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse("16G"))
        .withMessageContaining("\"G\"")
        .withMessageContaining("GiB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GB", "-1 GB", "1,5 GB", "0.3 B", "8388608 TiB", "1 GB 2"})
  void parse_refusesWhatIsNoExactSize(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.parse(text))
        .withMessageContaining("\"" + text + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "1.5GiB, 1536 MiB",
    "16GB, 16 GB",
    "1024 MiB, 1 GiB",
    "1000 MB, 1 GB",
    "1001 B, 1001 B",
    "0 KiB, 0 B"
  })
  void toString_takesTheShortestUnit_andParsesBack(String text, String shown) {
    ByteSize size = ByteSize.parse(text);
    assertThat(size).hasToString(shown);
    assertThat(ByteSize.parse(size.toString())).isEqualTo(size);
  }

  @Test
  void mebibytesRoundedUp_neverAsksForLess() {
    assertThat(ByteSize.parse("1 MiB").mebibytesRoundedUp()).isEqualTo(1);
    assertThat(ByteSize.parse("1048577 B").mebibytesRoundedUp()).isEqualTo(2);
    assertThat(new ByteSize(Long.MAX_VALUE).mebibytesRoundedUp()).isEqualTo(1L << 43);
  }
}
