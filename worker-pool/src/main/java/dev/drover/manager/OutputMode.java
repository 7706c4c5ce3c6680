package dev.drover.manager;

/** How the output of commands is kept that the user did not send elsewhere. */
public enum OutputMode {
  /** Two files a task, {@code tasks/<id>.out} and {@code .err}; empty ones are removed. */
  FILES,
  /** Two files a slot, to which each task's output is added when it ends. */
  PACKED
}
