package dev.drover.interchange;

/** The state of an interchange in words, for a person who asks a live run. */
final class StatusText {
  /** Of how a manager's workers are pinned, so many characters. */
  private static final int PINNING_CHARACTERS = 120;

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
          "manager %s  %s  block %s  %d slots, %d tasks, %s%s%n"
              .formatted(
                  manager.id(),
                  manager.facts.host(),
                  manager.block.value().isEmpty() ? "-" : manager.block,
                  manager.facts.slots(),
                  manager.tasks.size(),
                  manager.state(),
                  pinning(manager).isEmpty() ? "" : ", pinned " + pinning(manager)));
    }
    PinningProblems.of(state.managers())
        .forEach(problem -> text.append(problem).append(System.lineSeparator()));
    state
        .comingBlocks()
        .forEach((block, words) -> text.append("block %s %s%n".formatted(block, words)));
    state
        .placementProblems()
        .values()
        .forEach(problem -> text.append(problem).append(System.lineSeparator()));
    return text.toString();
  }

  /** How a manager's workers are pinned, shortened; empty = not. */
  static String pinning(Manager manager) {
    String words = manager.facts.pinning();
    return words.length() > PINNING_CHARACTERS
        ? words.substring(0, PINNING_CHARACTERS - 1) + "…"
        : words;
  }
}
