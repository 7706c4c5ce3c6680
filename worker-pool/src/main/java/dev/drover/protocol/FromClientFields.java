package dev.drover.protocol;

import dev.drover.task.TaskId;

/** Requests of clients on the wire. Used by one codec. */
final class FromClientFields implements FromClient.Cases<Void> {
  private final FrameWriter out;

  FromClientFields(FrameWriter out) {
    this.out = out;
  }

  void write(FromClient message) {
    message.match(this);
  }

  static FromClient read(FrameReader in) throws ProtocolException {
    MessageType type = MessageType.read(in);
    return in.message(
        () ->
            switch (type) {
              case CLIENT_STATUS -> new FromClient.Status();
              case CLIENT_EXPLAIN -> new FromClient.Explain(new TaskId(in.whole()));
              case CLIENT_CANCEL -> new FromClient.Cancel(TaskFields.readIds(in));
              case CLIENT_HOLD -> new FromClient.Hold(new ManagerId(in.text()), in.flag());
              case CLIENT_DRAIN -> new FromClient.Drain(new ManagerId(in.text()));
              default -> throw type.isNot("of a client");
            });
  }

  @Override
  public Void status(FromClient.Status message) {
    MessageType.CLIENT_STATUS.open(out);
    return null;
  }

  @Override
  public Void explain(FromClient.Explain message) {
    MessageType.CLIENT_EXPLAIN.open(out);
    out.whole(message.task().value());
    return null;
  }

  @Override
  public Void cancel(FromClient.Cancel message) {
    MessageType.CLIENT_CANCEL.open(out);
    TaskFields.writeIds(out, message.tasks());
    return null;
  }

  @Override
  public Void hold(FromClient.Hold message) {
    MessageType.CLIENT_HOLD.open(out);
    out.text(message.manager().value());
    out.flag(message.on());
    return null;
  }

  @Override
  public Void drain(FromClient.Drain message) {
    MessageType.CLIENT_DRAIN.open(out);
    out.text(message.manager().value());
    return null;
  }
}
