package dev.drover.job;

/**
 * The name that a scheduler gave a job.
 *
 * @param value as the scheduler prints it, without white space
 */
public record JobId(String value) {
  public JobId {
    if (value.isEmpty() || value.chars().anyMatch(c -> c <= ' ')) {
      throw new IllegalArgumentException(
          "a job id of \""
              + value
              + "\" is empty or holds white space; give it as the scheduler prints it");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
