package dev.drover.site;

/** A key type's refusal of a text; the message says what is wrong and what would be right. */
final class BadValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  BadValueException(String problem) {
    super(problem);
  }
}
