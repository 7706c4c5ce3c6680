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
            open(WORKER_RUN, 3);
            TaskFields.writeAssignments(out, message.tasks());
            out.texts(message.jars());
            return null;
          }

          @Override
          public Void recall(ToWorker.Recall message) {
            open(WORKER_RECALL, 0);
            return null;
          }

          @Override
          public Void stop(ToWorker.Stop message) {
            open(WORKER_STOP, 0);
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
            open(WORKER_STARTED, 1);
            out.whole(message.rank());
            return null;
          }

          @Override
          public Void finished(FromWorker.Finished message) {
            open(WORKER_FINISHED, 1);
            TaskFields.writeOutcomes(out, message.outcomes());
            return null;
          }

          @Override
          public Void recalled(FromWorker.Recalled message) {
            open(WORKER_RECALLED, 1);
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
            open(CLIENT_STATUS, 0);
            return null;
          }

          @Override
          public Void explain(FromClient.Explain message) {
            open(CLIENT_EXPLAIN, 1);
            out.whole(message.task().value());
            return null;
          }

          @Override
          public Void cancel(FromClient.Cancel message) {
            open(CLIENT_CANCEL, 1);
            TaskFields.writeIds(out, message.tasks());
            return null;
          }

          @Override
          public Void hold(FromClient.Hold message) {
            open(CLIENT_HOLD, 2);
            out.text(message.manager().value());
            out.flag(message.on());
            return null;
          }

          @Override
          public Void drain(FromClient.Drain message) {
            open(CLIENT_DRAIN, 1);
            out.text(message.manager().value());
            return null;
          }
        });
    return out.end();
  }

  /** The answer to a client: text that it shows or parses. */
  public List<byte[]> encodeReply(boolean ok, String text) {
    out.begin();
    open(CLIENT_REPLY, 2);
    out.flag(ok);
    out.text(text);
    return out.end();
  }

  /** An answer to a client, decoded. */
  public record ClientReply(boolean ok, String text) {}

  public static ClientReply decodeReply(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    in.array();
    if (in.count() != CLIENT_REPLY) {
      throw new ProtocolException("not a reply to a client");
    }
    return new ClientReply(in.flag(), in.text());
  }

  public static FromClient decodeFromClient(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    in.array();
    int type = in.count();
    return checked(
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
    in.array();
    int type = in.count();
    return checked(
        () ->
            switch (type) {
              case HELLO -> new FromManager.Hello();
              case REGISTER ->
                  new FromManager.Register(
                      readFacts(in), in.payload(), in.count(), TaskFields.readHeld(in));
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
    in.array();
    int type = in.count();
    long acked = in.whole();
    ToManager message =
        checked(
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
    in.array();
    int type = in.count();
    return checked(
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
    in.array();
    int type = in.count();
    return checked(
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

  /** A value that a record refuses is as unreadable as a wrong byte. */
  private static <T> T checked(Decoding<T> decoding) throws ProtocolException {
    try {
      return decoding.get();
    } catch (IllegalArgumentException | NullPointerException | ArithmeticException e) {
      throw new ProtocolException("impossible value in a message: " + e.getMessage(), e);
    }
  }

  private void open(int type, int fields) {
    out.array(1 + fields);
    out.whole(type);
  }

  private static ManagerFacts readFacts(FrameReader in) throws ProtocolException {
    in.fields(14, "the facts of a manager");
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
        in.whole());
  }

  private void writeFacts(ManagerFacts facts) {
    out.array(14);
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
      open(HELLO, 0);
      return null;
    }

    @Override
    public Void register(FromManager.Register message) {
      open(REGISTER, 4);
      writeFacts(message.facts());
      out.payload(message.route());
      out.whole(message.capacity());
      TaskFields.writeHeld(out, message.held());
      return null;
    }

    @Override
    public Void ready(FromManager.Ready message) {
      open(READY, 0);
      return null;
    }

    @Override
    public Void heartbeat(FromManager.Heartbeat message) {
      open(ALIVE, 1);
      out.whole(message.capacity());
      return null;
    }

    @Override
    public Void tasksStarted(FromManager.TasksStarted message) {
      open(TASKS_STARTED, 1);
      TaskFields.writeIds(out, message.tasks());
      return null;
    }

    @Override
    public Void tasksFinished(FromManager.TasksFinished message) {
      open(TASKS_FINISHED, 3);
      out.whole(message.batch());
      TaskFields.writeOutcomes(out, message.outcomes());
      out.whole(message.capacity());
      return null;
    }

    @Override
    public Void tasksReturned(FromManager.TasksReturned message) {
      open(TASKS_RETURNED, 2);
      TaskFields.writeHeld(out, message.tasks());
      out.whole(message.capacity());
      return null;
    }

    @Override
    public Void needClasspath(FromManager.NeedClasspath message) {
      open(NEED_CLASSPATH, 1);
      out.text(message.classpath());
      return null;
    }

    @Override
    public Void needFile(FromManager.NeedFile message) {
      open(NEED_FILE, 2);
      out.text(message.sha256());
      out.whole(message.offset());
      return null;
    }

    @Override
    public Void draining(FromManager.Draining message) {
      open(DRAINING, 1);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void leaving(FromManager.Leaving message) {
      open(LEAVING, 1);
      out.text(message.reason());
      return null;
    }
  }

  private final class ToManagerWriter implements ToManager.Cases<Void> {
    private final long ackedBatch;

    ToManagerWriter(long ackedBatch) {
      this.ackedBatch = ackedBatch;
    }

    private void openAcked(int type, int fields) {
      open(type, 1 + fields);
      out.whole(ackedBatch);
    }

    @Override
    public Void helloReply(ToManager.HelloReply message) {
      openAcked(HELLO_REPLY, 0);
      return null;
    }

    @Override
    public Void welcome(ToManager.Welcome message) {
      openAcked(WELCOME, 4);
      out.payload(message.key());
      out.whole(message.dataPort());
      out.whole(message.heartbeatPeriod().toMillis());
      out.whole(message.heartbeatThreshold().toMillis());
      return null;
    }

    @Override
    public Void refused(ToManager.Refused message) {
      openAcked(REFUSED, 1);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void runTasks(ToManager.RunTasks message) {
      openAcked(RUN_TASKS, 3);
      TaskFields.writeAssignments(out, message.tasks());
      return null;
    }

    @Override
    public Void cancelTasks(ToManager.CancelTasks message) {
      openAcked(CANCEL_TASKS, 1);
      TaskFields.writeIds(out, message.tasks());
      return null;
    }

    @Override
    public Void classpath(ToManager.Classpath message) {
      openAcked(CLASSPATH, 2);
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
      openAcked(FILE_PART, 5);
      out.text(message.sha256());
      out.whole(message.offset());
      out.payload(message.bytes());
      out.flag(message.last());
      out.text(message.problem());
      return null;
    }

    @Override
    public Void heartbeat(ToManager.Heartbeat message) {
      openAcked(ALIVE, 0);
      return null;
    }

    @Override
    public Void drain(ToManager.Drain message) {
      openAcked(DRAIN, 1);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void rejoin(ToManager.Rejoin message) {
      openAcked(REJOIN, 1);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void stop(ToManager.Stop message) {
      openAcked(STOP, 1);
      out.text(message.reason());
      return null;
    }
  }
}
