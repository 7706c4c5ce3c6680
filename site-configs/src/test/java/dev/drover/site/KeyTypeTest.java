package dev.drover.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTypeTest {

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "90s, PT90S",
    "30m, PT30M",
    "1h30m, PT1H30M",
    "2d, PT48H",
    "1d12h30m15s250ms, PT36H30M15.25S",
    "00:30:00, PT30M",
    "168:00:00, PT168H",
    "2-12:00:00, PT60H",
    "0, PT0S",
    "0s, PT0S",
  })
  void duration_readsEveryDocumentedForm(String text, Duration expected) {
    assertThat(KeyType.DURATION.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"500ms", "1m30s", "1h30m", "2d", "0s", "3d1ms"})
  void duration_printsTheFormItReads(String text) {
    assertThat(KeyType.DURATION.print(KeyType.DURATION.parse(text))).isEqualTo(text);
  }

  @Test
  void duration_refusesBareNumbersAndTwoPartClocks_andSaysTheMend() {
    refuses(KeyType.DURATION, "90", "'90' has no unit; write 90s, 90m or 90h");
    refuses(KeyType.DURATION, "60:30", "'60:30' may be hours or minutes; write 60h30m or 60m30s");
    refuses(
        KeyType.DURATION,
        "1-24:00:00",
        "'1-24:00:00' has more than 23 hours after its days; add them to the days");
    for (String text :
        List.of(
            "30 m",
            "1m1h",
            "-5s",
            "1.5h",
            "5min",
            "PT30M",
            "1:2:3",
            "00:60:00",
            "99999999999999999999d")) {
      refuses(KeyType.DURATION, text, "'" + text + "' is not " + DurationText.SYNTAX);
    }
    refuses(KeyType.POSITIVE_DURATION, "0", "'0' is too short; give 1ms or more");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "17B, 17",
    "1KiB, 1024",
    "1kB, 1000",
    "1KB, 1000",
    "256 MiB, 268435456",
    "4GiB, 4294967296",
    "20GB, 20000000000",
    "1.5GiB, 1610612736",
    "2TiB, 2199023255552",
    "1PB, 1000000000000000",
  })
  void bytes_readExplicitUnits(String text, long expected) {
    assertThat(KeyType.BYTES.parse(text)).isEqualTo(expected);
    assertThat(KeyType.BYTES.parse(KeyType.BYTES.print(expected))).isEqualTo(expected);
  }

  @Test
  void bytes_refuseBareNumbersAndUnclearUnits_andSayTheMend() {
    refuses(KeyType.BYTES, "4", "'4' has no unit; write 4MiB or 4GiB");
    refuses(KeyType.BYTES, "4g", "'4g' has an unclear unit; write 4GiB or 4GB");
    refuses(KeyType.BYTES, "4gb", "'4gb' has an unclear unit; write 4GiB or 4GB");
    refuses(KeyType.BYTES, "-4GiB", "'-4GiB' is not a size such as 512MiB, 4GiB or 4GB");
    refuses(KeyType.BYTES, "4 Ferkel", "'4 Ferkel' is not a size such as 512MiB, 4GiB or 4GB");
    refuses(KeyType.BYTES, "0.5B", "'0.5B' is no whole number of bytes below 8 EiB");
    refuses(KeyType.BYTES, "9000PiB", "'9000PiB' is no whole number of bytes below 8 EiB");
    refuses(new NumberTypes.Bytes(1024, 1 << 20), "1B", "'1B' is not a size from 1KiB to 1MiB");
  }

  @Test
  void wholeNumber_keepsToItsRange() {
    var type = new NumberTypes.WholeNumber(0, 65535);
    assertThat(type.parse("0")).isZero();
    assertThat(type.parse("65535")).isEqualTo(65535);
    for (String text : List.of("-1", "65536", "1.0", "1_000", "ten", "99999999999", "+1", "0x10")) {
      refuses(type, text, "'" + text + "' is not a whole number from 0 to 65535");
    }
    refuses(
        new NumberTypes.WholeNumber(1, Integer.MAX_VALUE),
        "0",
        "'0' is not a whole number, 1 or more");
  }

  @Test
  void trailingComment_isNamedAsTheMistake() {
    refuses(
        new NumberTypes.WholeNumber(0, 9),
        "3 # three",
        "'3 # three' is not a whole number from 0 to 9 (a comment needs a line of its own)");
  }

  @Test
  void noValue_isNamedAsTheMistake() {
    refuses(KeyType.BOOLEAN, "", "has no value; give true or false, or drop the line");
    refuses(
        KeyType.BYTES,
        "",
        "has no value; give a size such as 512MiB, 4GiB or 4GB, or drop the line");
    refuses(
        KeyType.DURATION, "", "has no value; give " + DurationText.SYNTAX + ", or drop the line");
  }

  @Test
  void decimal_keepsToItsRange() {
    var type = new NumberTypes.Decimal(0, 1);
    assertThat(type.parse("0.25")).isEqualTo(0.25);
    assertThat(type.parse("1")).isEqualTo(1.0);
    for (String text : List.of("1.1", "-0.1", "NaN", "1e-3", ".5", "0,5", "Infinity")) {
      refuses(type, text, "'" + text + "' is not a decimal number from 0.0 to 1.0");
    }
  }

  @Test
  void boolean_isTrueOrFalseAlone() {
    assertThat(KeyType.BOOLEAN.parse("true")).isTrue();
    assertThat(KeyType.BOOLEAN.parse("false")).isFalse();
    for (String text : List.of("yes", "True", "1", "on")) {
      refuses(KeyType.BOOLEAN, text, "'" + text + "' is not true or false");
    }
  }

  @Test
  void choice_isAnEnumConstantInKebabCase() {
    var type = new KeyType.Choice<>(SiteKeys.LauncherType.class);
    assertThat(type.parse("single-node")).isEqualTo(SiteKeys.LauncherType.SINGLE_NODE);
    assertThat(type.print(SiteKeys.LauncherType.SINGLE_NODE)).isEqualTo("single-node");
    refuses(
        type,
        "SINGLE_NODE",
        "'SINGLE_NODE' is not one of simple, single-node, srun, srun-mpi, mpiexec, mpirun, flux, aprun, jsrun,"
            + " gnu-parallel, wrapped");
    refuses(
        new KeyType.Choice<>(SiteKeys.ExecutorType.class),
        "mpii",
        "'mpii' is not one of htex, mpi");
  }

  @Test
  void list_splitsAtCommas() {
    assertThat(KeyType.LIST.parse("")).isEmpty();
    assertThat(KeyType.LIST.parse("hsn0 , 10.0.0.1,::1"))
        .containsExactly("hsn0", "10.0.0.1", "::1");
    refuses(KeyType.LIST, "a,,b", "'a,,b' has an empty place between its commas");
    refuses(KeyType.LIST, "a b", "'a b' holds a space; put commas between words");
    refuses(KeyType.LIST, "a, a", "'a, a' holds 'a' twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "none",
        "block",
        "block-reverse",
        "alternating",
        "topology",
        "list:0-3,8:4-7",
        "list:1-8,105-112:9-16,113-120:17-24,121-128:25-32,129-136:33-40,137-144:41-48,145-152"
            + ":53-60,157-164:61-68,165-172:69-76,173-180:77-84,181-188:85-92,189-196"
            + ":93-100,197-204",
      })
  void cpuAffinity_readsWhatItPrints(String text) {
    assertThat(KeyType.CPU_AFFINITY.print(KeyType.CPU_AFFINITY.parse(text))).isEqualTo(text);
  }

  @Test
  void cpuAffinity_refusesWhatIsNone_andNamesTheGroup() {
    refuses(
        KeyType.CPU_AFFINITY,
        "blocks",
        "'blocks' is not one of none, block, block-reverse, alternating, topology, or list: and a"
            + " group of cpus a worker");
    for (String group : List.of("", "a", "3-1", "4096", "0-5000", "1,,2", "-1", "1-", "123456")) {
      refuses(
          KeyType.CPU_AFFINITY,
          "list:0-3:" + group,
          "'"
              + group
              + "', the group of worker 1, is not a list of cpus such as 0-3,8 (numbers"
              + " below 4096)");
    }
  }

  @Test
  void accelerators_ofWhichAWorkerHasSeveral_haveSemicolonsBetween() {
    KeyType<List<String>> type = KeyType.ACCELERATORS;
    assertThat(type.parse("0,1; 2,3")).containsExactly("0,1", "2,3");
    assertThat(type.parse("0,1;")).containsExactly("0,1");
    assertThat(type.parse("5;")).containsExactly("5");
    assertThat(type.parse("0.0;0.1")).containsExactly("0.0", "0.1");
    for (List<String> value : List.of(List.of("0,1", "2,3"), List.of("0,1"), List.of("5"))) {
      assertThat(type.parse(type.print(value))).isEqualTo(value);
    }
    refuses(type, "0,1;;2,3", "'0,1;;2,3' has an empty place between its semicolons");
    refuses(type, ";", "';' has an empty place between its semicolons");
    refuses(type, "0,1; 0,1", "'0,1; 0,1' holds '0,1' twice");
  }

  @Test
  void accelerators_areANumberOrNames() {
    KeyType<List<String>> type = KeyType.ACCELERATORS;
    assertThat(type.parse("")).isEmpty();
    assertThat(type.parse("0")).isEmpty();
    assertThat(type.parse("3")).containsExactly("0", "1", "2");
    assertThat(type.parse("0.0, 0.1")).containsExactly("0.0", "0.1");
    assertThat(type.print(List.of("0", "1", "2"))).isEqualTo("3");
    assertThat(type.print(List.of("3", "2"))).isEqualTo("3, 2");
    assertThat(type.print(List.of())).isEmpty();
    refuses(
        type,
        "1025",
        "'1025' is not a number of devices up to 1024, or a list of their names;"
            + " with semicolons between where a worker has several");
  }

  @Test
  void accelerators_whoseOnlyNameIsANumber_printAsTheyRead() {
    List<String> read = KeyType.ACCELERATORS.parse("1");
    assertThat(KeyType.ACCELERATORS.parse(KeyType.ACCELERATORS.print(read))).isEqualTo(read);
  }

  @Test
  void portRange_isTwoPortsInOrder() {
    assertThat(KeyType.PORT_RANGE.parse("54000-55000")).isEqualTo(new PortRange(54000, 55000));
    for (String text : List.of("54000", "55000-54000", "80-90", "60000-70000", "54000 - 55000")) {
      refuses(
          KeyType.PORT_RANGE,
          text,
          "'" + text + "' is not a port range such as 54000-55000, within 1024 to 65535");
    }
  }

  @Test
  void path_isRootedOnTheNode() {
    for (String text : List.of("/scratch/a b", "~/drover", "$SCRATCH/x", "${TMPDIR}/x")) {
      assertThat(KeyType.PATH.parse(text)).isEqualTo(text);
    }
    for (String text : List.of("scratch", "./x", "java", "/a\tb")) {
      refuses(KeyType.PATH, text, "'" + text + "' is not a path that starts with /, ~/ or $");
    }
    assertThat(KeyType.PROGRAM.parse("java")).isEqualTo("java");
    refuses(
        KeyType.PROGRAM,
        "bin/java",
        "'bin/java' is not a path that starts with /, ~/ or $, or a program's name");
  }

  @Test
  void text_holdsOneLineWithoutControlCharacters() {
    assertThat(KeyType.TEXT.parse("a = b: 'c', \u00e9 \u2713"))
        .isEqualTo("a = b: 'c', \u00e9 \u2713");
    refuses(KeyType.TEXT, "a\nb", "holds a line end, but must be one line");
    refuses(KeyType.LINES, "a\rb", "holds the control character U+000D");
    assertThat(KeyType.LINES.parse("a\nb")).isEqualTo("a\nb");
    var template = new TextTypes.Text(false, "{command}");
    assertThat(template.parse("nice {command}")).isEqualTo("nice {command}");
    refuses(template, "{comand}", "'{comand}' is not text that holds {command}");
  }

  @Test
  void name_isFitForADirectory() {
    assertThat(KeyType.NAME.parse("htex-2.a_b")).isEqualTo("htex-2.a_b");
    for (String text : List.of("a b", "../x", "-x", "a".repeat(65))) {
      refuses(
          KeyType.NAME,
          text,
          "'" + text + "' is not a name of letters, digits, '.', '_' and '-', at most 64");
    }
  }

  @Test
  void date_isIso() {
    assertThat(KeyType.DATE.parse("2026-11-21")).isEqualTo(LocalDate.of(2026, 11, 21));
    for (String text : List.of("21.11.2026", "2026-02-30", "2026-1-1")) {
      refuses(KeyType.DATE, text, "'" + text + "' is not a date, YYYY-MM-DD");
    }
  }

  @Test
  void autoOrNumber_yieldsEmptyForAuto() {
    var type = new NumberTypes.AutoOr(new NumberTypes.WholeNumber(0, 9));
    assertThat(type.parse("auto")).isEmpty();
    assertThat(type.parse("4")).hasValue(4);
    assertThat(type.print(OptionalInt.empty())).isEqualTo("auto");
    refuses(type, "atuo", "'atuo' is not auto or a whole number from 0 to 9");
  }

  @Test
  void orNone_yieldsEmptyForNoText() {
    var type = new KeyType.OrNone<>(KeyType.PATH);
    assertThat(type.parse("")).isEmpty();
    assertThat(type.parse("/x")).contains("/x");
    assertThat(type.print(Optional.empty())).isEmpty();
  }

  private static void refuses(KeyType<?> type, String text, String message) {
    assertThatThrownBy(() -> type.parse(text))
        .isInstanceOf(BadValueException.class)
        .hasMessage(message);
  }

  @Test
  void cpus_readNumbersAndRanges_sortedAndOnce() {
    assertThat(KeyType.CPUS.parse("8,0-3,2")).containsExactly(0, 1, 2, 3, 8);
    assertThat(KeyType.CPUS.parse("")).isEmpty();
    assertThat(KeyType.CPUS.print(List.of(0, 1, 2, 3, 8, 52, 104))).isEqualTo("0-3,8,52,104");
    for (String text : List.of("3-0", "a", "1,,2", "4096", "-1")) {
      refuses(
          KeyType.CPUS,
          text,
          "'" + text + "' is not a list of cpus such as 0-3,8 (numbers below 4096)");
    }
  }

  @Test
  void hosts_environment_urlsAndFilesystems_haveTheirShapes() {
    assertThat(SiteKeys.SITE_HOSTS.type().parse("aurora-uan-*, *.aurora.example.org"))
        .containsExactly("aurora-uan-*", "*.aurora.example.org");
    refuses(
        SiteKeys.SITE_HOSTS.type(), "a b", "'a b' is not a host name, * and ? standing for others");
    assertThat(SiteKeys.SITE_ENVIRONMENT.type().parse("NERSC_HOST=perlmutter, PBS_JOBID"))
        .containsExactly("NERSC_HOST=perlmutter", "PBS_JOBID");
    refuses(SiteKeys.SITE_ENVIRONMENT.type(), "=x", "'=x' is not NAME or NAME=value");
    assertThat(SiteKeys.SITE_URL.type().parse("https://docs.example.org/a")).isPresent();
    refuses(
        SiteKeys.SITE_URL.type(),
        "docs.example.org",
        "'docs.example.org' is not an http(s) address");
    assertThat(SiteKeys.PROVIDER_FILESYSTEMS.type().parse("home:flare")).contains("home:flare");
    refuses(
        SiteKeys.PROVIDER_FILESYSTEMS.type(),
        "home,flare",
        "'home,flare' is not names with colons between");
  }
}
