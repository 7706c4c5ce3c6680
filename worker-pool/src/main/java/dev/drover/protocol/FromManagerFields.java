package dev.drover.protocol;

/**
 * Messages of managers on the wire: their fields, in the order of the record. Used by one codec.
 */
final class FromManagerFields implements FromManager.Cases<Void> {
  private final FrameWriter out;

  FromManagerFields(FrameWriter out) {
    this.out = out;
  }

  void write(FromManager message) {
    message.match(this);
  }

  static FromManager read(FrameReader in) throws ProtocolException {
    MessageType type = MessageType.read(in);
    return in.message(
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
                  new FromManager.TasksReturned(TaskFields.readHeld(in), in.count(), in.text());
              case NEED_CLASSPATH -> new FromManager.NeedClasspath(in.text());
              case NEED_FILE -> new FromManager.NeedFile(in.text(), in.whole());
              case DRAINING -> new FromManager.Draining(in.text());
              case LEAVING -> new FromManager.Leaving(in.text());
              default -> throw type.isNot("of a manager");
            });
  }

  private static ManagerFacts readFacts(FrameReader in) throws ProtocolException {
    in.fields(19, "the facts of a manager");
    return new ManagerFacts(
        new ManagerId(in.text()),
        in.text(),
        in.text(),
        in.whole(),
        in.count(),
        in.decimal(),
        in.whole(),
        in.texts(),
        in.counts(),
        in.count(),
        in.whole(),
        in.text(),
        in.text(),
        in.text(),
        in.text(),
        in.whole(),
        new BlockTime(in.whole(), in.whole()),
        in.texts());
  }

  private void writeFacts(ManagerFacts facts) {
    out.array(19);
    out.text(facts.id().value());
    out.text(facts.block());
    out.text(facts.host());
    out.whole(facts.pid());
    out.whole(facts.slots());
    out.decimal(facts.coresPerSlot());
    out.whole(facts.memoryPerSlot());
    out.texts(facts.accelerators());
    out.counts(facts.numaNodes());
    out.whole(facts.cores());
    out.whole(facts.memoryBytes());
    out.text(facts.pinning());
    out.text(facts.pinningProblem());
    out.text(facts.droverVersion());
    out.text(facts.javaVersion());
    out.whole(facts.startedMicros());
    out.whole(facts.blockTime().endMillis());
    out.whole(facts.blockTime().tasksEndMillis());
    out.texts(facts.nodes());
  }

  @Override
  public Void hello(FromManager.Hello message) {
    MessageType.HELLO.open(out);
    return null;
  }

  @Override
  public Void register(FromManager.Register message) {
    MessageType.REGISTER.open(out);
    writeFacts(message.facts());
    out.payload(message.route());
    out.whole(message.capacity());
    TaskFields.writeHeld(out, message.held());
    out.whole(message.clockMillis());
    return null;
  }

  @Override
  public Void ready(FromManager.Ready message) {
    MessageType.READY.open(out);
    return null;
  }

  @Override
  public Void heartbeat(FromManager.Heartbeat message) {
    MessageType.ALIVE.open(out);
    out.whole(message.capacity());
    return null;
  }

  @Override
  public Void tasksStarted(FromManager.TasksStarted message) {
    MessageType.TASKS_STARTED.open(out);
    TaskFields.writeIds(out, message.tasks());
    return null;
  }

  @Override
  public Void tasksFinished(FromManager.TasksFinished message) {
    MessageType.TASKS_FINISHED.open(out);
    out.whole(message.batch());
    TaskFields.writeOutcomes(out, message.outcomes());
    out.whole(message.capacity());
    return null;
  }

  @Override
  public Void tasksReturned(FromManager.TasksReturned message) {
    MessageType.TASKS_RETURNED.open(out);
    TaskFields.writeHeld(out, message.tasks());
    out.whole(message.capacity());
    out.text(message.reason());
    return null;
  }

  @Override
  public Void needClasspath(FromManager.NeedClasspath message) {
    MessageType.NEED_CLASSPATH.open(out);
    out.text(message.classpath());
    return null;
  }

  @Override
  public Void needFile(FromManager.NeedFile message) {
    MessageType.NEED_FILE.open(out);
    out.text(message.sha256());
    out.whole(message.offset());
    return null;
  }

  @Override
  public Void draining(FromManager.Draining message) {
    MessageType.DRAINING.open(out);
    out.text(message.reason());
    return null;
  }

  @Override
  public Void leaving(FromManager.Leaving message) {
    MessageType.LEAVING.open(out);
    out.text(message.reason());
    return null;
  }
}
