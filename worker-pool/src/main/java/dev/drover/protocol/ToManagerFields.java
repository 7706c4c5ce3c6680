package dev.drover.protocol;

import java.time.Duration;

/**
 * Messages to managers on the wire: the last batch of outcomes that the interchange has, then their
 * fields in the order of the record. Used by one codec.
 */
final class ToManagerFields implements ToManager.Cases<Void> {
  private final FrameWriter out;
  private long ackedBatch;

  ToManagerFields(FrameWriter out) {
    this.out = out;
  }

  void write(ToManager message, long acked) {
    ackedBatch = acked;
    message.match(this);
  }

  static FrameCodec.Received read(FrameReader in) throws ProtocolException {
    MessageType type = MessageType.read(in);
    long acked = in.whole();
    ToManager message =
        in.message(
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
                  case CLASSPATH -> new ToManager.Classpath(in.text(), ClasspathFields.read(in));
                  case FILE_PART ->
                      new ToManager.FilePart(
                          in.text(), in.whole(), in.payload(), in.flag(), in.text());
                  case ALIVE -> new ToManager.Heartbeat();
                  case DRAIN -> new ToManager.Drain(in.text());
                  case REJOIN -> new ToManager.Rejoin(in.text());
                  case STOP -> new ToManager.Stop(in.text());
                  default -> throw type.isNot("to a manager");
                });
    return new FrameCodec.Received(message, acked);
  }

  private void openAcked(MessageType type) {
    type.open(out);
    out.whole(ackedBatch);
  }

  @Override
  public Void helloReply(ToManager.HelloReply message) {
    openAcked(MessageType.HELLO_REPLY);
    return null;
  }

  @Override
  public Void welcome(ToManager.Welcome message) {
    openAcked(MessageType.WELCOME);
    out.payload(message.key());
    out.whole(message.dataPort());
    out.whole(message.heartbeatPeriod().toMillis());
    out.whole(message.heartbeatThreshold().toMillis());
    return null;
  }

  @Override
  public Void refused(ToManager.Refused message) {
    openAcked(MessageType.REFUSED);
    out.text(message.reason());
    return null;
  }

  @Override
  public Void runTasks(ToManager.RunTasks message) {
    openAcked(MessageType.RUN_TASKS);
    TaskFields.writeAssignments(out, message.tasks());
    return null;
  }

  @Override
  public Void cancelTasks(ToManager.CancelTasks message) {
    openAcked(MessageType.CANCEL_TASKS);
    TaskFields.writeIds(out, message.tasks());
    return null;
  }

  @Override
  public Void classpath(ToManager.Classpath message) {
    openAcked(MessageType.CLASSPATH);
    out.text(message.id());
    ClasspathFields.write(out, message.entries());
    return null;
  }

  @Override
  public Void filePart(ToManager.FilePart message) {
    openAcked(MessageType.FILE_PART);
    out.text(message.sha256());
    out.whole(message.offset());
    out.payload(message.bytes());
    out.flag(message.last());
    out.text(message.problem());
    return null;
  }

  @Override
  public Void heartbeat(ToManager.Heartbeat message) {
    openAcked(MessageType.ALIVE);
    return null;
  }

  @Override
  public Void drain(ToManager.Drain message) {
    openAcked(MessageType.DRAIN);
    out.text(message.reason());
    return null;
  }

  @Override
  public Void rejoin(ToManager.Rejoin message) {
    openAcked(MessageType.REJOIN);
    out.text(message.reason());
    return null;
  }

  @Override
  public Void stop(ToManager.Stop message) {
    openAcked(MessageType.STOP);
    out.text(message.reason());
    return null;
  }
}
