package dev.drover.protocol;

/** Messages of worker JVMs on the wire. Used by one codec. */
final class FromWorkerFields implements FromWorker.Cases<Void> {
  private final FrameWriter out;

  FromWorkerFields(FrameWriter out) {
    this.out = out;
  }

  void write(FromWorker message) {
    message.match(this);
  }

  static FromWorker read(FrameReader in) throws ProtocolException {
    MessageType type = MessageType.read(in);
    return in.message(
        () ->
            switch (type) {
              case WORKER_STARTED -> new FromWorker.Started(in.count(), in.count());
              case WORKER_FINISHED -> new FromWorker.Finished(TaskFields.readOutcomes(in));
              case WORKER_RECALLED -> new FromWorker.Recalled(TaskFields.readIds(in));
              default -> throw type.isNot("of a worker");
            });
  }

  @Override
  public Void started(FromWorker.Started message) {
    MessageType.WORKER_STARTED.open(out);
    out.whole(message.rank());
    out.whole(message.start());
    return null;
  }

  @Override
  public Void finished(FromWorker.Finished message) {
    MessageType.WORKER_FINISHED.open(out);
    TaskFields.writeOutcomes(out, message.outcomes());
    return null;
  }

  @Override
  public Void recalled(FromWorker.Recalled message) {
    MessageType.WORKER_RECALLED.open(out);
    TaskFields.writeIds(out, message.tasks());
    return null;
  }
}
