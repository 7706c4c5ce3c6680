package dev.drover.protocol;

import dev.drover.task.ClasspathEntry;
import dev.drover.task.TaskId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages to MessagePack bodies and back. A body is one array: its type, then the message's fields
 * in the order of the record. Encoding reuses buffers: one codec a thread. Decoding throws {@link
 * ProtocolException} for anything that is not a message, whatever the bytes.
 */
public final class FrameCodec {
  static {
    if (Runtime.version().feature() >= 23) {
      // Before MessagePack's buffers are loaded: from 23 on the JDK complains of sun.misc.Unsafe.
      System.setProperty("msgpack.universal-buffer", "true");
    }
  }

  private final FrameWriter out = new FrameWriter();

  // Types. A number is never used again for something else.
  private static final int HELLO = 1;
  private static final int REGISTER = 2;
  private static final int READY = 3;
  private static final int ALIVE = 4;
  private static final int TASKS_STARTED = 5;
  private static final int TASKS_FINISHED = 6;
  private static final int TASKS_RETURNED = 7;
  private static final int NEED_CLASSPATH = 8;
  private static final int NEED_FILE = 9;
  private static final int DRAINING = 10;
  private static final int LEAVING = 11;

  private static final int HELLO_REPLY = 31;
  private static final int WELCOME = 32;
  private static final int REFUSED = 33;
  private static final int RUN_TASKS = 34;
  private static final int CANCEL_TASKS = 35;
  private static final int CLASSPATH = 36;
  private static final int FILE_PART = 37;
  private static final int DRAIN = 38;
  private static final int REJOIN = 39;
  private static final int STOP = 40;

  private static final int CLIENT_STATUS = 61;
  private static final int CLIENT_EXPLAIN = 62;
  private static final int CLIENT_CANCEL = 63;
  private static final int CLIENT_HOLD = 64;
  private static final int CLIENT_DRAIN = 65;
  private static final int CLIENT_REPLY = 66;

  private static final int WORKER_RUN = 81;
  private static final int WORKER_RECALL = 82;
  private static final int WORKER_STOP = 83;
  private static final int WORKER_STARTED = 84;
  private static final int WORKER_FINISHED = 85;
  private static final int WORKER_RECALLED = 86;

  /** Whether a control-socket body is of a client and not of a manager. */
  public static boolean isFromClient(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    in.array();
    int type = in.count();
    return type >= CLIENT_STATUS && type < CLIENT_REPLY;
  }

  /** The frames of a message to the interchange. */
  public List<byte[]> encode(FromManager message) {
    out.begin();
    message.match(new FromManagerWriter());
    return out.end();
  }

  /** The frames of a message to a manager; {@code ackedBatch} rides on every one. */
  public List<byte[]> encode(ToManager message, long ackedBatch) {
    out.begin();
    message.match(new ToManagerWriter(ackedBatch));
    return out.end();
  }

  public List<byte[]> encode(ToWorker message) {
    out.begin();
    message.match(
        new ToWorker.Cases<Void>() {
          @Override
          public Void run(ToWorker.Run message) {
            open(WORKER_RUN);
            TaskFields.writeAssignments(out, message.tasks());
            out.texts(message.jars());
            return null;
          }

          @Override
          public Void recall(ToWorker.Recall message) {
            open(WORKER_RECALL);
            return null;
          }

          @Override
          public Void stop(ToWorker.Stop message) {
            open(WORKER_STOP);
            return null;
          }
        });
    return out.end();
  }

  public List<byte[]> encode(FromWorker message) {
    out.begin();
    message.match(
        new FromWorker.Cases<Void>() {
          @Override
          public Void started(FromWorker.Started message) {
            open(WORKER_STARTED);
            out.whole(message.rank());
            return null;
          }

          @Override
          public Void finished(FromWorker.Finished message) {
            open(WORKER_FINISHED);
            TaskFields.writeOutcomes(out, message.outcomes());
            return null;
          }

          @Override
          public Void recalled(FromWorker.Recalled message) {
            open(WORKER_RECALLED);
            TaskFields.writeIds(out, message.tasks());
            return null;
          }
        });
    return out.end();
  }

  public List<byte[]> encode(FromClient message) {
    out.begin();
    message.match(
        new FromClient.Cases<Void>() {
          @Override
          public Void status(FromClient.Status message) {
            open(CLIENT_STATUS);
            return null;
          }

          @Override
          public Void explain(FromClient.Explain message) {
            open(CLIENT_EXPLAIN);
            out.whole(message.task().value());
            return null;
          }

          @Override
          public Void cancel(FromClient.Cancel message) {
            open(CLIENT_CANCEL);
            TaskFields.writeIds(out, message.tasks());
            return null;
          }

          @Override
          public Void hold(FromClient.Hold message) {
            open(CLIENT_HOLD);
            out.text(message.manager().value());
            out.flag(message.on());
            return null;
          }

          @Override
          public Void drain(FromClient.Drain message) {
            open(CLIENT_DRAIN);
            out.text(message.manager().value());
            return null;
          }
        });
    return out.end();
  }

  /** The answer to a client: text that it shows or parses. */
  public List<byte[]> encodeReply(boolean ok, String text) {
    out.begin();
    open(CLIENT_REPLY);
    out.flag(ok);
    out.text(text);
    return out.end();
  }

  /** An answer to a client, decoded. */
  public record ClientReply(boolean ok, String text) {}

  public static ClientReply decodeReply(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    if (type(in) != CLIENT_REPLY) {
      throw new ProtocolException("not a reply to a client");
    }
    return checked(in, () -> new ClientReply(in.flag(), in.text()));
  }

  public static FromClient decodeFromClient(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int type = type(in);
    return checked(
        in,
        () ->
            switch (type) {
              case CLIENT_STATUS -> new FromClient.Status();
              case CLIENT_EXPLAIN -> new FromClient.Explain(new TaskId(in.whole()));
              case CLIENT_CANCEL -> new FromClient.Cancel(TaskFields.readIds(in));
              case CLIENT_HOLD -> new FromClient.Hold(new ManagerId(in.text()), in.flag());
              case CLIENT_DRAIN -> new FromClient.Drain(new ManagerId(in.text()));
              default -> throw new ProtocolException("unknown client message " + type);
            });
  }

  public static FromManager decodeFromManager(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int type = type(in);
    return checked(
        in,
        () ->
            switch (type) {
              case HELLO -> new FromManager.Hello();
              case REGISTER ->
                  new FromManager.Register(
                      readFacts(in), in.payload(), in.count(), TaskFields.readHeld(in), in.whole());
              case READY -> new FromManager.Ready();
              case ALIVE -> new FromManager.Heartbeat(in.count());
              case TASKS_STARTED -> new FromManager.TasksStarted(TaskFields.readIds(in));
              case TASKS_FINISHED ->
                  new FromManager.TasksFinished(
                      in.whole(), TaskFields.readOutcomes(in), in.count());
              case TASKS_RETURNED ->
                  new FromManager.TasksReturned(TaskFields.readHeld(in), in.count());
              case NEED_CLASSPATH -> new FromManager.NeedClasspath(in.text());
              case NEED_FILE -> new FromManager.NeedFile(in.text(), in.whole());
              case DRAINING -> new FromManager.Draining(in.text());
              case LEAVING -> new FromManager.Leaving(in.text());
              default -> throw new ProtocolException("unknown message " + type + " of a manager");
            });
  }

  /** A message of the interchange with the acknowledgement that rode on it. */
  public record Received(ToManager message, long ackedBatch) {}

  public static Received decodeToManager(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int type = type(in);
    long acked = in.whole();
    ToManager message =
        checked(
            in,
            () ->
                switch (type) {
                  case HELLO_REPLY -> new ToManager.HelloReply();
                  case WELCOME ->
                      new ToManager.Welcome(
                          in.payload(),
                          in.count(),
                          Duration.ofMillis(in.whole()),
                          Duration.ofMillis(in.whole()),
                          acked);
                  case REFUSED -> new ToManager.Refused(in.text());
                  case RUN_TASKS -> new ToManager.RunTasks(TaskFields.readAssignments(in));
                  case CANCEL_TASKS -> new ToManager.CancelTasks(TaskFields.readIds(in));
                  case CLASSPATH -> new ToManager.Classpath(in.text(), readEntries(in));
                  case FILE_PART ->
                      new ToManager.FilePart(
                          in.text(), in.whole(), in.payload(), in.flag(), in.text());
                  case ALIVE -> new ToManager.Heartbeat();
                  case DRAIN -> new ToManager.Drain(in.text());
                  case REJOIN -> new ToManager.Rejoin(in.text());
                  case STOP -> new ToManager.Stop(in.text());
                  default ->
                      throw new ProtocolException("unknown message " + type + " to a manager");
                });
    return new Received(message, acked);
  }

  public static ToWorker decodeToWorker(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int type = type(in);
    return checked(
        in,
        () ->
            switch (type) {
              case WORKER_RUN -> new ToWorker.Run(TaskFields.readAssignments(in), in.texts());
              case WORKER_RECALL -> new ToWorker.Recall();
              case WORKER_STOP -> new ToWorker.Stop();
              default -> throw new ProtocolException("unknown message " + type + " to a worker");
            });
  }

  public static FromWorker decodeFromWorker(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int type = type(in);
    return checked(
        in,
        () ->
            switch (type) {
              case WORKER_STARTED -> new FromWorker.Started(in.count());
              case WORKER_FINISHED -> new FromWorker.Finished(TaskFields.readOutcomes(in));
              case WORKER_RECALLED -> new FromWorker.Recalled(TaskFields.readIds(in));
              default -> throw new ProtocolException("unknown message " + type + " of a worker");
            });
  }

  private interface Decoding<T> {
    T get() throws ProtocolException;
  }

  /** A value that a record refuses is as unreadable as a wrong byte, and so is one too many. */
  private static <T> T checked(FrameReader in, Decoding<T> decoding) throws ProtocolException {
    try {
      T message = decoding.get();
      in.end();
      return message;
    } catch (IllegalArgumentException | NullPointerException | ArithmeticException e) {
      throw new ProtocolException("impossible value in a message: " + e.getMessage(), e);
    }
  }

  private void open(int type) {
    out.array(1 + fieldsOf(type));
    out.whole(type);
  }

  /** Reads the head of a body: its type, once the number of fields is found to be that type's. */
  private static int type(FrameReader in) throws ProtocolException {
    int size = in.array();
    int type = in.count();
    int fields = fieldsOf(type);
    if (fields >= 0 && size != 1 + fields) {
      throw new ProtocolException(
          "message %d with %d fields, not %d".formatted(type, size - 1, fields));
    }
    return type;
  }

  /**
   * How many values follow the type, the acknowledgement of messages to managers included; -1 = no
   * such type.
   */
  private static int fieldsOf(int type) {
    return switch (type) {
      case HELLO, READY, CLIENT_STATUS, WORKER_RECALL, WORKER_STOP -> 0;
      case ALIVE, TASKS_STARTED, NEED_CLASSPATH, DRAINING, LEAVING, HELLO_REPLY -> 1;
      case CLIENT_EXPLAIN, CLIENT_CANCEL, CLIENT_DRAIN -> 1;
      case WORKER_STARTED, WORKER_FINISHED, WORKER_RECALLED -> 1;
      case TASKS_RETURNED, NEED_FILE, REFUSED, CANCEL_TASKS, DRAIN, REJOIN, STOP -> 2;
      case CLIENT_HOLD, CLIENT_REPLY -> 2;
      case TASKS_FINISHED, CLASSPATH -> 3;
      case RUN_TASKS, WORKER_RUN -> 4;
      case REGISTER, WELCOME -> 5;
      case FILE_PART -> 6;
      default -> -1;
    };
  }

  private static ManagerFacts readFacts(FrameReader in) throws ProtocolException {
    in.fields(16, "the facts of a manager");
    return new ManagerFacts(
        new ManagerId(in.text()),
        in.text(),
        in.text(),
        in.whole(),
        in.count(),
        in.decimal(),
        in.whole(),
        in.texts(),
        in.count(),
        in.whole(),
        in.text(),
        in.text(),
        in.text(),
        in.whole(),
        new BlockTime(in.whole(), in.whole()));
  }

  private void writeFacts(ManagerFacts facts) {
    out.array(16);
    out.text(facts.id().value());
    out.text(facts.block());
    out.text(facts.host());
    out.whole(facts.pid());
    out.whole(facts.slots());
    out.decimal(facts.coresPerSlot());
    out.whole(facts.memoryPerSlot());
    out.texts(facts.accelerators());
    out.whole(facts.cores());
    out.whole(facts.memoryBytes());
    out.text(facts.pinning());
    out.text(facts.droverVersion());
    out.text(facts.javaVersion());
    out.whole(facts.startedMicros());
    out.whole(facts.blockTime().endMillis());
    out.whole(facts.blockTime().tasksEndMillis());
  }

  private static List<ClasspathEntry> readEntries(FrameReader in) throws ProtocolException {
    int size = in.array();
    List<ClasspathEntry> entries = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(3, "a classpath entry");
      entries.add(new ClasspathEntry(in.text(), in.text(), in.whole()));
    }
    return entries;
  }

  private final class FromManagerWriter implements FromManager.Cases<Void> {
    @Override
    public Void hello(FromManager.Hello message) {
      open(HELLO);
      return null;
    }

    @Override
    public Void register(FromManager.Register message) {
      open(REGISTER);
      writeFacts(message.facts());
      out.payload(message.route());
      out.whole(message.capacity());
      TaskFields.writeHeld(out, message.held());
      out.whole(message.clockMillis());
      return null;
    }

    @Override
    public Void ready(FromManager.Ready message) {
      open(READY);
      return null;
    }

    @Override
    public Void heartbeat(FromManager.Heartbeat message) {
      open(ALIVE);
      out.whole(message.capacity());
      return null;
    }

    @Override
    public Void tasksStarted(FromManager.TasksStarted message) {
      open(TASKS_STARTED);
      TaskFields.writeIds(out, message.tasks());
      return null;
    }

    @Override
    public Void tasksFinished(FromManager.TasksFinished message) {
      open(TASKS_FINISHED);
      out.whole(message.batch());
      TaskFields.writeOutcomes(out, message.outcomes());
      out.whole(message.capacity());
      return null;
    }

    @Override
    public Void tasksReturned(FromManager.TasksReturned message) {
      open(TASKS_RETURNED);
      TaskFields.writeHeld(out, message.tasks());
      out.whole(message.capacity());
      return null;
    }

    @Override
    public Void needClasspath(FromManager.NeedClasspath message) {
      open(NEED_CLASSPATH);
      out.text(message.classpath());
      return null;
    }

    @Override
    public Void needFile(FromManager.NeedFile message) {
      open(NEED_FILE);
      out.text(message.sha256());
      out.whole(message.offset());
      return null;
    }

    @Override
    public Void draining(FromManager.Draining message) {
      open(DRAINING);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void leaving(FromManager.Leaving message) {
      open(LEAVING);
      out.text(message.reason());
      return null;
    }
  }

  private final class ToManagerWriter implements ToManager.Cases<Void> {
    private final long ackedBatch;

    ToManagerWriter(long ackedBatch) {
      this.ackedBatch = ackedBatch;
    }

    private void openAcked(int type) {
      open(type);
      out.whole(ackedBatch);
    }

    @Override
    public Void helloReply(ToManager.HelloReply message) {
      openAcked(HELLO_REPLY);
      return null;
    }

    @Override
    public Void welcome(ToManager.Welcome message) {
      openAcked(WELCOME);
      out.payload(message.key());
      out.whole(message.dataPort());
      out.whole(message.heartbeatPeriod().toMillis());
      out.whole(message.heartbeatThreshold().toMillis());
      return null;
    }

    @Override
    public Void refused(ToManager.Refused message) {
      openAcked(REFUSED);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void runTasks(ToManager.RunTasks message) {
      openAcked(RUN_TASKS);
      TaskFields.writeAssignments(out, message.tasks());
      return null;
    }

    @Override
    public Void cancelTasks(ToManager.CancelTasks message) {
      openAcked(CANCEL_TASKS);
      TaskFields.writeIds(out, message.tasks());
      return null;
    }

    @Override
    public Void classpath(ToManager.Classpath message) {
      openAcked(CLASSPATH);
      out.text(message.id());
      out.array(message.entries().size());
      for (ClasspathEntry entry : message.entries()) {
        out.array(3);
        out.text(entry.path());
        out.text(entry.sha256());
        out.whole(entry.size());
      }
      return null;
    }

    @Override
    public Void filePart(ToManager.FilePart message) {
      openAcked(FILE_PART);
      out.text(message.sha256());
      out.whole(message.offset());
      out.payload(message.bytes());
      out.flag(message.last());
      out.text(message.problem());
      return null;
    }

    @Override
    public Void heartbeat(ToManager.Heartbeat message) {
      openAcked(ALIVE);
      return null;
    }

    @Override
    public Void drain(ToManager.Drain message) {
      openAcked(DRAIN);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void rejoin(ToManager.Rejoin message) {
      openAcked(REJOIN);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void stop(ToManager.Stop message) {
      openAcked(STOP);
      out.text(message.reason());
      return null;
    }
  }
}
