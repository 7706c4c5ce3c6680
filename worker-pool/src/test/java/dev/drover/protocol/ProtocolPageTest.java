package dev.drover.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The numbers of messages are those that docs/protocol.md tells to others who speak it. */
class ProtocolPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (\\d+) \\| (\\w+) \\|");
  private static final Pattern IN_A_LINE = Pattern.compile("(\\d+) ([A-Z][a-z]+)");

  private final FrameCodec codec = new FrameCodec();

  @Test
  void eachMessageOfAManager_hasThePagesNumber() throws Exception {
    assertThat(numbers(SampleMessages.fromManager().stream(), codec::encode))
        .isEqualTo(numbers(ROW, "### From a manager"));
  }

  @Test
  void eachMessageToAManager_hasThePagesNumber() throws Exception {
    assertThat(numbers(SampleMessages.toManager().stream(), m -> codec.encode(m, 7)))
        .isEqualTo(numbers(ROW, "### To a manager"));
  }

  @Test
  void eachRequestOfAClient_andTheReply_haveThePagesNumbers() throws Exception {
    Map<String, Integer> numbers = numbers(SampleMessages.fromClient().stream(), codec::encode);
    numbers.put("Reply", number(codec.encodeReply(true, "")));

    assertThat(numbers).isEqualTo(numbers(IN_A_LINE, "### From a client"));
  }

  private interface Encoding<T> {
    List<byte[]> encode(T message);
  }

  /** By the names of messages, what the codec writes. */
  private static <T> Map<String, Integer> numbers(Stream<T> messages, Encoding<T> encoding)
      throws ProtocolException {
    Map<String, Integer> numbers = new TreeMap<>();
    for (T message : messages.toList()) {
      numbers.put(message.getClass().getSimpleName(), number(encoding.encode(message)));
    }
    return numbers;
  }

  private static int number(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    in.array();
    return in.count();
  }

  /** By the names of messages, what that section of the page says. */
  private static Map<String, Integer> numbers(Pattern each, String heading) throws IOException {
    String page =
        Files.readString(Path.of(System.getProperty("basedir", "."), "../docs/protocol.md"));
    int begin = page.indexOf(heading);
    int end = page.indexOf("\n##", begin + heading.length());
    return each.matcher(page.substring(begin, end))
        .results()
        .collect(
            Collectors.toMap(
                row -> row.group(2),
                row -> Integer.parseInt(row.group(1)),
                (one, other) -> one,
                TreeMap::new));
  }
}
