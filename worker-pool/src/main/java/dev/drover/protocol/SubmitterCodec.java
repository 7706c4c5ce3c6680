package dev.drover.protocol;

import dev.drover.task.TaskOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Messages between a submitter and an interchange on a head node to MessagePack bodies and back, in
 * the manner of {@link FrameCodec}: a type, then the fields in the order of the record. Encoding
 * reuses buffers: one codec a thread. Decoding throws {@link ProtocolException} for anything that
 * is not a message, whatever the bytes.
 */
public final class SubmitterCodec {
  // Types. A number is never used again for something else, in this codec or in MessageType.
  private static final int ATTACH = 101;
  private static final int READY = 102;
  private static final int ORDERED = 103;
  private static final int REPORTS_HAD = 104;
  private static final int ASK_STATUS = 105;
  private static final int CLASSPATH = 106;
  private static final int FILE_PART = 107;
  private static final int ALIVE = 108;
  private static final int DETACH = 109;

  private static final int WELCOME = 121;
  private static final int REFUSED = 122;
  private static final int ORDERS_TAKEN = 123;
  private static final int REPORTS = 124;
  private static final int STATUS = 125;
  private static final int NEED_CLASSPATH = 126;
  private static final int NEED_FILE = 127;
  private static final int BAD_STATE = 128;
  private static final int ALIVE_TOO = 129;
  private static final int ENDED = 130;

  private static final int KEPT = 141;

  private final FrameWriter out = new FrameWriter();
  private final OrderFields orders = new OrderFields(out);

  /** The frames of a message to the interchange. */
  public List<byte[]> encode(FromSubmitter message) {
    out.begin();
    message.match(new FromSubmitterWriter());
    return out.end();
  }

  /** The frames of a message to the submitter. */
  public List<byte[]> encode(ToSubmitter message) {
    out.begin();
    message.match(new ToSubmitterWriter());
    return out.end();
  }

  /** The frames of one report, as it is kept on disk. */
  public List<byte[]> encode(EndedTask ended) {
    out.begin();
    open(KEPT, 1);
    writeEnded(List.of(ended));
    return out.end();
  }

  /** Reads what {@link #encode(EndedTask)} made. */
  public static EndedTask decodeEnded(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int type = type(in, 1);
    return in.message(
        () -> {
          List<EndedTask> ended = readEnded(in);
          if (type != KEPT || ended.size() != 1) {
            throw new ProtocolException("not a report");
          }
          return ended.get(0);
        });
  }

  public static FromSubmitter decodeFromSubmitter(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int size = in.array();
    int type = in.count();
    return in.message(
        () ->
            switch (type) {
              case ATTACH ->
                  sized(
                      6,
                      size,
                      new FromSubmitter.Attach(
                          new SubmitterId(in.text()),
                          in.payload(),
                          in.whole(),
                          in.whole(),
                          readRanges(in),
                          in.text()));
              case READY -> sized(0, size, new FromSubmitter.Ready());
              case ORDERED ->
                  sized(2, size, new FromSubmitter.Ordered(in.whole(), OrderFields.read(in)));
              case REPORTS_HAD -> sized(1, size, new FromSubmitter.ReportsHad(in.whole()));
              case ASK_STATUS -> sized(0, size, new FromSubmitter.AskStatus());
              case CLASSPATH ->
                  sized(2, size, new FromSubmitter.Classpath(in.text(), ClasspathFields.read(in)));
              case FILE_PART ->
                  sized(
                      5,
                      size,
                      new FromSubmitter.FilePart(
                          in.text(), in.whole(), in.payload(), in.flag(), in.text()));
              case ALIVE -> sized(0, size, new FromSubmitter.Heartbeat());
              case DETACH -> sized(0, size, new FromSubmitter.Detach());
              default -> throw new ProtocolException("unknown message " + type + " of a submitter");
            });
  }

  public static ToSubmitter decodeToSubmitter(List<byte[]> frames) throws ProtocolException {
    FrameReader in = new FrameReader(frames);
    int size = in.array();
    int type = in.count();
    return in.message(
        () ->
            switch (type) {
              case WELCOME ->
                  sized(3, size, new ToSubmitter.Welcome(in.payload(), in.whole(), in.whole()));
              case REFUSED -> sized(2, size, new ToSubmitter.Refused(in.text(), in.flag()));
              case ORDERS_TAKEN -> sized(1, size, new ToSubmitter.OrdersTaken(in.whole()));
              case REPORTS ->
                  sized(3, size, new ToSubmitter.Reports(in.whole(), in.whole(), readEnded(in)));
              case STATUS -> sized(8, size, readStatus(in));
              case NEED_CLASSPATH -> sized(1, size, new ToSubmitter.NeedClasspath(in.text()));
              case NEED_FILE -> sized(2, size, new ToSubmitter.NeedFile(in.text(), in.whole()));
              case BAD_STATE -> sized(1, size, new ToSubmitter.BadState(in.text()));
              case ALIVE_TOO -> sized(0, size, new ToSubmitter.Heartbeat());
              case ENDED -> sized(0, size, new ToSubmitter.Ended());
              default -> throw new ProtocolException("unknown message " + type + " to a submitter");
            });
  }

  private static <T> T sized(int fields, int size, T message) throws ProtocolException {
    if (size != 1 + fields) {
      throw new ProtocolException("a message with %d fields, not %d".formatted(size - 1, fields));
    }
    return message;
  }

  private static int type(FrameReader in, int fields) throws ProtocolException {
    in.fields(1 + fields, "a report");
    return in.count();
  }

  private void open(int type, int fields) {
    out.array(1 + fields);
    out.whole(type);
  }

  private static List<IdRange> readRanges(FrameReader in) throws ProtocolException {
    int size = in.array() / 2;
    List<IdRange> ranges = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      ranges.add(new IdRange(in.whole(), in.whole()));
    }
    return ranges;
  }

  private void writeEnded(List<EndedTask> ended) {
    out.array(ended.size());
    for (EndedTask task : ended) {
      out.array(6);
      TaskFields.writeOutcomes(out, List.of(task.outcome()));
      out.flag(task.isFinal());
      out.text(task.host());
      out.text(task.manager());
      out.text(task.block());
      out.whole(task.lostAttempts());
    }
  }

  private static List<EndedTask> readEnded(FrameReader in) throws ProtocolException {
    int size = in.array();
    List<EndedTask> ended = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(6, "a report");
      List<TaskOutcome> outcome = TaskFields.readOutcomes(in);
      if (outcome.size() != 1) {
        throw new ProtocolException("a report of " + outcome.size() + " outcomes");
      }
      ended.add(
          new EndedTask(outcome.get(0), in.flag(), in.text(), in.text(), in.text(), in.count()));
    }
    return ended;
  }

  private void writeStatus(ToSubmitter.Status status) {
    out.whole(status.queued());
    out.whole(status.assigned());
    out.whole(status.finished());
    out.whole(status.failed());
    out.whole(status.slots());
    out.array(status.managers().size());
    for (ToSubmitter.Status.ManagerStatus manager : status.managers()) {
      out.array(7);
      out.text(manager.id());
      out.text(manager.host());
      out.text(manager.block());
      out.whole(manager.slots());
      out.whole(manager.tasks());
      out.text(manager.state());
      out.whole(manager.idleSeconds());
    }
    out.array(status.blocks().size());
    for (ToSubmitter.Status.BlockStatus block : status.blocks()) {
      out.array(5);
      out.text(block.id());
      out.text(block.job());
      out.text(block.state());
      out.whole(block.managers());
      out.text(block.reason());
    }
    out.optionalText(status.badState());
  }

  private static ToSubmitter.Status readStatus(FrameReader in) throws ProtocolException {
    long queued = in.whole();
    long assigned = in.whole();
    long finished = in.whole();
    long failed = in.whole();
    int slots = in.count();
    int managerCount = in.array();
    List<ToSubmitter.Status.ManagerStatus> managers = new ArrayList<>(managerCount);
    for (int i = 0; i < managerCount; i++) {
      in.fields(7, "a manager's status");
      managers.add(
          new ToSubmitter.Status.ManagerStatus(
              in.text(), in.text(), in.text(), in.count(), in.count(), in.text(), in.whole()));
    }
    int blockCount = in.array();
    List<ToSubmitter.Status.BlockStatus> blocks = new ArrayList<>(blockCount);
    for (int i = 0; i < blockCount; i++) {
      in.fields(5, "a block's status");
      blocks.add(
          new ToSubmitter.Status.BlockStatus(
              in.text(), in.text(), in.text(), in.count(), in.text()));
    }
    Optional<String> badState = in.optionalText();
    return new ToSubmitter.Status(
        queued, assigned, finished, failed, slots, managers, blocks, badState);
  }

  private final class FromSubmitterWriter implements FromSubmitter.Cases<Void> {
    @Override
    public Void attach(FromSubmitter.Attach message) {
      open(ATTACH, 6);
      out.text(message.submitter().value());
      out.payload(message.route());
      out.whole(message.ordersTaken());
      out.whole(message.reportsHad());
      out.array(2 * message.open().size());
      for (IdRange range : message.open()) {
        out.whole(range.first());
        out.whole(range.last());
      }
      out.text(message.droverVersion());
      return null;
    }

    @Override
    public Void ready(FromSubmitter.Ready message) {
      open(READY, 0);
      return null;
    }

    @Override
    public Void ordered(FromSubmitter.Ordered message) {
      open(ORDERED, 2);
      out.whole(message.number());
      orders.write(message.order());
      return null;
    }

    @Override
    public Void reportsHad(FromSubmitter.ReportsHad message) {
      open(REPORTS_HAD, 1);
      out.whole(message.number());
      return null;
    }

    @Override
    public Void askStatus(FromSubmitter.AskStatus message) {
      open(ASK_STATUS, 0);
      return null;
    }

    @Override
    public Void classpath(FromSubmitter.Classpath message) {
      open(CLASSPATH, 2);
      out.text(message.id());
      ClasspathFields.write(out, message.entries());
      return null;
    }

    @Override
    public Void filePart(FromSubmitter.FilePart message) {
      open(FILE_PART, 5);
      out.text(message.sha256());
      out.whole(message.offset());
      out.payload(message.bytes());
      out.flag(message.last());
      out.text(message.problem());
      return null;
    }

    @Override
    public Void heartbeat(FromSubmitter.Heartbeat message) {
      open(ALIVE, 0);
      return null;
    }

    @Override
    public Void detach(FromSubmitter.Detach message) {
      open(DETACH, 0);
      return null;
    }
  }

  private final class ToSubmitterWriter implements ToSubmitter.Cases<Void> {
    @Override
    public Void welcome(ToSubmitter.Welcome message) {
      open(WELCOME, 3);
      out.payload(message.key());
      out.whole(message.ordersReceived());
      out.whole(message.lastAccepted());
      return null;
    }

    @Override
    public Void refused(ToSubmitter.Refused message) {
      open(REFUSED, 2);
      out.text(message.reason());
      out.flag(message.mayReturn());
      return null;
    }

    @Override
    public Void ordersTaken(ToSubmitter.OrdersTaken message) {
      open(ORDERS_TAKEN, 1);
      out.whole(message.number());
      return null;
    }

    @Override
    public Void reports(ToSubmitter.Reports message) {
      open(REPORTS, 3);
      out.whole(message.from());
      out.whole(message.upTo());
      writeEnded(message.ended());
      return null;
    }

    @Override
    public Void status(ToSubmitter.Status message) {
      open(STATUS, 8);
      writeStatus(message);
      return null;
    }

    @Override
    public Void needClasspath(ToSubmitter.NeedClasspath message) {
      open(NEED_CLASSPATH, 1);
      out.text(message.id());
      return null;
    }

    @Override
    public Void needFile(ToSubmitter.NeedFile message) {
      open(NEED_FILE, 2);
      out.text(message.sha256());
      out.whole(message.offset());
      return null;
    }

    @Override
    public Void badState(ToSubmitter.BadState message) {
      open(BAD_STATE, 1);
      out.text(message.reason());
      return null;
    }

    @Override
    public Void heartbeat(ToSubmitter.Heartbeat message) {
      open(ALIVE_TOO, 0);
      return null;
    }

    @Override
    public Void ended(ToSubmitter.Ended message) {
      open(ENDED, 0);
      return null;
    }
  }
}
