package dev.drover.interchange;

/** The state of an interchange in words, for a person who asks a live run. */
final class StatusText {
  private StatusText() {}

  static String of(InterchangeState state) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d waiting, %d out, %d finished (%d failed)%n"
            .formatted(
                state.pendingTasks(),
                state.assignedTasks(),
                state.finishedTasks(),
                state.failedTasks()));
    for (Manager manager : state.managers()) {
      text.append(
          "manager %s  %s  block %s  %d slots, %d tasks, %s%n"
              .formatted(
                  manager.id(),
                  manager.facts.host(),
                  manager.block.value().isEmpty() ? "-" : manager.block,
                  manager.facts.slots(),
                  manager.tasks.size(),
                  manager.state()));
    }
    state
        .comingBlocks()
        .forEach((block, words) -> text.append("block %s %s%n".formatted(block, words)));
    state
        .placementProblems()
        .values()
        .forEach(problem -> text.append(problem).append(System.lineSeparator()));
    return text.toString();
  }
}
