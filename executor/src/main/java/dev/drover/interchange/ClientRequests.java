package dev.drover.interchange;

import dev.drover.protocol.FromClient;
import dev.drover.task.Ending;
import java.util.function.Consumer;

/** Answers what clients of a run ask of its interchange. The loop's thread only. */
final class ClientRequests implements FromClient.Cases<String> {
  private final InterchangeState state;
  private final Consumer<Event> on;

  /**
   * @param on told of what is wanted
   */
  ClientRequests(InterchangeState state, Consumer<Event> on) {
    this.state = state;
    this.on = on;
  }

  @Override
  public String status(FromClient.Status message) {
    return StatusText.of(state);
  }

  @Override
  public String explain(FromClient.Explain message) {
    return state.explain(message.task());
  }

  @Override
  public String cancel(FromClient.Cancel message) {
    if (message.tasks().isEmpty()) {
      on.accept(new Event.CancelledAll(Ending.CANCELLED, "cancelled by drover cancel"));
      return "the whole run is being cancelled";
    }
    on.accept(new Event.Cancelled(message.tasks()));
    return message.tasks().size() + " tasks are being cancelled";
  }

  @Override
  public String hold(FromClient.Hold message) {
    on.accept(new Event.Held(message.manager(), message.on()));
    return "manager " + message.manager() + (message.on() ? " is held" : " goes on");
  }

  @Override
  public String drain(FromClient.Drain message) {
    on.accept(new Event.Drained(message.manager(), "drained by its user"));
    return "manager " + message.manager() + " drains";
  }
}
