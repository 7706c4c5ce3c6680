package dev.drover.protocol;

import dev.drover.task.TaskSpec;
import java.util.ArrayList;
import java.util.List;

/** Orders on the wire: an array of the kind, then the fields. Used by one codec. */
final class OrderFields implements Order.Cases<Void> {
  private static final int SUBMIT = 1;
  private static final int CANCEL = 2;
  private static final int CANCEL_ALL = 3;
  private static final int HOLD = 4;
  private static final int DRAIN = 5;
  private static final int SCALE_OUT = 6;
  private static final int SCALE_IN = 7;
  private static final int FINISH = 8;

  private final FrameWriter out;

  OrderFields(FrameWriter out) {
    this.out = out;
  }

  void write(Order order) {
    order.match(this);
  }

  static Order read(FrameReader in) throws ProtocolException {
    int size = in.array();
    int kind = in.count();
    if (size != fields(kind)) {
      throw new ProtocolException("order of kind " + kind + " with " + size + " fields");
    }
    return switch (kind) {
      case SUBMIT -> new Order.Submit(readTasks(in));
      case CANCEL -> new Order.Cancel(TaskFields.readIds(in));
      case CANCEL_ALL -> new Order.CancelAll(in.text(), in.flag());
      case HOLD -> new Order.Hold(new ManagerId(in.text()), in.flag());
      case DRAIN -> new Order.Drain(new ManagerId(in.text()));
      case SCALE_OUT -> new Order.ScaleOut(in.count());
      case SCALE_IN -> new Order.ScaleIn(in.texts());
      default -> new Order.Finish(in.text());
    };
  }

  /** How many values an order has, its kind included; -1 = there is no such kind. */
  private static int fields(int kind) {
    return switch (kind) {
      case SUBMIT -> 4; // TaskFields writes the specs as two
      case CANCEL_ALL, HOLD -> 3;
      case CANCEL, DRAIN, SCALE_OUT, SCALE_IN, FINISH -> 2;
      default -> -1;
    };
  }

  private static List<SubmittedTasks> readTasks(FrameReader in) throws ProtocolException {
    List<TaskSpec> specs = TaskFields.readSpecs(in);
    int size = in.array();
    List<SubmittedTasks> tasks = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      in.fields(7, "submitted tasks");
      long firstId = in.whole();
      int count = in.count();
      long firstIndex = in.whole();
      TaskSpec spec = TaskFields.spec(specs, in.count());
      tasks.add(
          new SubmittedTasks(
              firstId, count, firstIndex, spec, in.count(), in.decimal(), in.count()));
    }
    return tasks;
  }

  @Override
  public Void submit(Order.Submit order) {
    open(SUBMIT);
    int[] specOf = TaskFields.writeSpecsOf(out, order.tasks(), SubmittedTasks::spec);
    out.array(specOf.length);
    for (int i = 0; i < specOf.length; i++) {
      SubmittedTasks tasks = order.tasks().get(i);
      out.array(7);
      out.whole(tasks.firstId());
      out.whole(tasks.count());
      out.whole(tasks.firstIndex());
      out.whole(specOf[i]);
      out.whole(tasks.priority());
      out.decimal(tasks.retries());
      out.whole(tasks.lossLimit());
    }
    return null;
  }

  @Override
  public Void cancel(Order.Cancel order) {
    open(CANCEL);
    TaskFields.writeIds(out, order.tasks());
    return null;
  }

  @Override
  public Void cancelAll(Order.CancelAll order) {
    open(CANCEL_ALL);
    out.text(order.reason());
    out.flag(order.resumable());
    return null;
  }

  @Override
  public Void hold(Order.Hold order) {
    open(HOLD);
    out.text(order.manager().value());
    out.flag(order.on());
    return null;
  }

  @Override
  public Void drain(Order.Drain order) {
    open(DRAIN);
    out.text(order.manager().value());
    return null;
  }

  @Override
  public Void scaleOut(Order.ScaleOut order) {
    open(SCALE_OUT);
    out.whole(order.blocks());
    return null;
  }

  @Override
  public Void scaleIn(Order.ScaleIn order) {
    open(SCALE_IN);
    out.texts(order.blocks());
    return null;
  }

  @Override
  public Void finish(Order.Finish order) {
    open(FINISH);
    out.text(order.how());
    return null;
  }

  private void open(int kind) {
    out.array(fields(kind));
    out.whole(kind);
  }
}
