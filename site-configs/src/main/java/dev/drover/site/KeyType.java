package dev.drover.site;

import dev.drover.headnode.SshAddress;
import dev.drover.provider.ssh.SshHost;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the text of a key may be, and the value it yields. Each type is a record whose components
 * are its limits, so that a check, a docs page and a schema read the same ones.
 */
public sealed interface KeyType<T>
    permits KeyType.Flag,
        KeyType.Choice,
        KeyType.OrNone,
        TextTypes.Text,
        TextTypes.Name,
        TextTypes.Shaped,
        TextTypes.NodePath,
        TextTypes.Words,
        TextTypes.ListOf,
        NumberTypes.WholeNumber,
        NumberTypes.AutoOr,
        NumberTypes.Decimal,
        NumberTypes.Time,
        NumberTypes.Bytes,
        NumberTypes.Ports,
        NumberTypes.Day,
        NodeTypes.Accelerators,
        NodeTypes.CpuAffinity,
        NodeTypes.Cpus,
        HeadNodeTypes.SshHost,
        HeadNodeTypes.SshHosts,
        HostList {
  /** One line of free text; may be empty. */
  KeyType<String> TEXT = new TextTypes.Text(false, "");

  /** Free text of one or more lines; {@code \n} in a file starts the next one. */
  KeyType<String> LINES = new TextTypes.Text(true, "");

  KeyType<String> NAME = new TextTypes.Name();
  KeyType<Boolean> BOOLEAN = new Flag();

  /** Any duration, zero included. */
  KeyType<Duration> DURATION = new NumberTypes.Time(Duration.ZERO);

  /** Any duration above zero, from 1 ms. */
  KeyType<Duration> POSITIVE_DURATION = new NumberTypes.Time(Duration.ofMillis(1));

  /** A size in bytes, zero included. */
  KeyType<Long> BYTES = new NumberTypes.Bytes(0, Long.MAX_VALUE);

  KeyType<List<String>> LIST = new TextTypes.Words(false);

  /** A list whose entries may hold spaces. */
  KeyType<List<String>> PHRASES = new TextTypes.Words(true);

  KeyType<List<String>> ACCELERATORS = new NodeTypes.Accelerators();
  KeyType<String> CPU_AFFINITY = new NodeTypes.CpuAffinity();
  KeyType<PortRange> PORT_RANGE = new NumberTypes.Ports();
  KeyType<List<Integer>> CPUS = new NodeTypes.Cpus();
  KeyType<String> PATH = new TextTypes.NodePath(false);

  /** A {@link #PATH}, or a bare name that the node's {@code PATH} resolves. */
  KeyType<String> PROGRAM = new TextTypes.NodePath(true);

  KeyType<SshAddress> SSH_ADDRESS = new HeadNodeTypes.SshHost();
  KeyType<List<SshAddress>> SSH_ADDRESSES = new HeadNodeTypes.SshHosts();
  KeyType<List<SshHost>> HOSTS = new HostList();
  KeyType<LocalDate> DATE = new NumberTypes.Day();

  /** The value of {@code text}, or an {@link IllegalArgumentException} that says the mend. */
  T parse(String text);

  /** The text that {@link #parse} reads back as {@code value}. */
  String print(T value);

  /** What is allowed, as a noun phrase: {@code a whole number from 0 to 65535}. */
  String allowed();

  /** What its values look like to a program. */
  default ValueShape shape() {
    return ValueShape.TEXT;
  }

  /** The words that may stand here, for completion and suggestions; empty when not a fixed set. */
  default List<String> choices() {
    return List.of();
  }

  /** {@code true} or {@code false}, nothing else. */
  record Flag() implements KeyType<Boolean> {
    @Override
    public Boolean parse(String text) {
      if (!choices().contains(text)) {
        throw BadValueException.not(text, this);
      }
      return text.equals("true");
    }

    @Override
    public String print(Boolean value) {
      return value.toString();
    }

    @Override
    public String allowed() {
      return "true or false";
    }

    @Override
    public ValueShape shape() {
      return new ValueShape(
          ValueShape.Kind.BOOLEAN, Optional.empty(), Optional.empty(), List.of(), "");
    }

    @Override
    public List<String> choices() {
      return List.of("true", "false");
    }
  }

  /** One of an enum's constants, written in lower case with {@code -} for {@code _}. */
  record Choice<E extends Enum<E>>(Class<E> constants) implements KeyType<E> {
    @Override
    public E parse(String text) {
      for (E constant : constants.getEnumConstants()) {
        if (print(constant).equals(text)) {
          return constant;
        }
      }
      throw BadValueException.not(text, this);
    }

    @Override
    public String print(E value) {
      return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String allowed() {
      List<String> words = choices();
      return words.size() == 1 ? words.get(0) : "one of " + String.join(", ", words);
    }

    @Override
    public ValueShape shape() {
      return ValueShape.words(choices());
    }

    @Override
    public List<String> choices() {
      return Stream.of(constants.getEnumConstants()).map(this::print).toList();
    }
  }

  /** A value that may be left out: no text yields empty. */
  record OrNone<T>(KeyType<T> type) implements KeyType<Optional<T>> {
    @Override
    public Optional<T> parse(String text) {
      return text.isEmpty() ? Optional.empty() : Optional.of(type.parse(text));
    }

    @Override
    public String print(Optional<T> value) {
      return value.map(type::print).orElse("");
    }

    @Override
    public String allowed() {
      return type.allowed() + ", or nothing";
    }

    @Override
    public ValueShape shape() {
      return type.shape().orNothing();
    }

    @Override
    public List<String> choices() {
      return type.choices();
    }
  }
}
