package dev.drover.interchange;

/** Which managers get tasks first when there are more free slots than tasks. */
public enum Placement {
  /** Evenly over all managers: each task has the most memory bandwidth and disk for itself. */
  SPREAD,
  /** The fullest manager first, newest block first: other blocks empty and can be given back. */
  PACK
}
