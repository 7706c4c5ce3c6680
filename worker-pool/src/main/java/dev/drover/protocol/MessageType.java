package dev.drover.protocol;

import java.util.stream.Stream;

/**
 * A type of message of {@link FrameCodec}: its number on the wire, and how many values follow it,
 * the acknowledgement of messages to managers included. A number is never used again for something
 * else, here or in {@link SubmitterCodec}.
 */
enum MessageType {
  HELLO(1, 0),
  REGISTER(2, 5),
  READY(3, 0),
  ALIVE(4, 1), // both ways
  TASKS_STARTED(5, 1),
  TASKS_FINISHED(6, 3),
  TASKS_RETURNED(7, 3),
  NEED_CLASSPATH(8, 1),
  NEED_FILE(9, 2),
  DRAINING(10, 1),
  LEAVING(11, 1),

  HELLO_REPLY(31, 1),
  WELCOME(32, 5),
  REFUSED(33, 2),
  RUN_TASKS(34, 4),
  CANCEL_TASKS(35, 2),
  CLASSPATH(36, 3),
  FILE_PART(37, 6),
  DRAIN(38, 2),
  REJOIN(39, 2),
  STOP(40, 2),

  CLIENT_STATUS(61, 0),
  CLIENT_EXPLAIN(62, 1),
  CLIENT_CANCEL(63, 1),
  CLIENT_HOLD(64, 2),
  CLIENT_DRAIN(65, 1),
  CLIENT_REPLY(66, 2),

  WORKER_RUN(81, 4),
  WORKER_RECALL(82, 0),
  WORKER_STOP(83, 0),
  WORKER_STARTED(84, 2),
  WORKER_FINISHED(85, 1),
  WORKER_RECALLED(86, 1);

  private static final MessageType[] BY_NUMBER = new MessageType[128];

  static {
    Stream.of(values()).forEach(type -> BY_NUMBER[type.number] = type);
  }

  private final int number;
  private final int fields;

  MessageType(int number, int fields) {
    this.number = number;
    this.fields = fields;
  }

  /** Begins a body of this type. */
  void open(FrameWriter out) {
    out.array(1 + fields);
    out.whole(number);
  }

  /** Reads the head of a body: its type, once the number of fields is found to be that type's. */
  static MessageType read(FrameReader in) throws ProtocolException {
    int size = in.array();
    int number = in.count();
    MessageType type = of(number);
    if (type == null) {
      throw new ProtocolException("unknown message " + number);
    }
    if (size != 1 + type.fields) {
      throw new ProtocolException(
          "message %d with %d fields, not %d".formatted(number, size - 1, type.fields));
    }
    return type;
  }

  private static MessageType of(int number) {
    return number < 0 || number >= BY_NUMBER.length ? null : BY_NUMBER[number];
  }

  /** Reads a body's type and tells whether it is a request of a client. */
  static boolean isOfClient(FrameReader in) throws ProtocolException {
    in.array();
    MessageType type = of(in.count());
    return type != null && type.compareTo(CLIENT_STATUS) >= 0 && type.compareTo(CLIENT_REPLY) < 0;
  }

  /**
   * What is wrong with a message that came where none of its type may.
   *
   * @param there what does, in words
   */
  ProtocolException isNot(String there) {
    return new ProtocolException("message %d (%s) is not one %s".formatted(number, this, there));
  }
}
