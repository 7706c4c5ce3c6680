package dev.drover.protocol;

/** Messages to worker JVMs on the wire. Used by one codec. */
final class ToWorkerFields implements ToWorker.Cases<Void> {
  private final FrameWriter out;

  ToWorkerFields(FrameWriter out) {
    this.out = out;
  }

  void write(ToWorker message) {
    message.match(this);
  }

  static ToWorker read(FrameReader in) throws ProtocolException {
    MessageType type = MessageType.read(in);
    return in.message(
        () ->
            switch (type) {
              case WORKER_RUN -> new ToWorker.Run(TaskFields.readAssignments(in), in.texts());
              case WORKER_RECALL -> new ToWorker.Recall();
              case WORKER_STOP -> new ToWorker.Stop();
              default -> throw type.isNot("to a worker");
            });
  }

  @Override
  public Void run(ToWorker.Run message) {
    MessageType.WORKER_RUN.open(out);
    TaskFields.writeAssignments(out, message.tasks());
    out.texts(message.jars());
    return null;
  }

  @Override
  public Void recall(ToWorker.Recall message) {
    MessageType.WORKER_RECALL.open(out);
    return null;
  }

  @Override
  public Void stop(ToWorker.Stop message) {
    MessageType.WORKER_STOP.open(out);
    return null;
  }
}
