package dev.drover.site;

/** A key type's refusal of a text; the message says what is wrong and what would be right. */
final class BadValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  BadValueException(String problem) {
    super(problem);
  }

  /** The refusal of {@code text}, in the words that all types share. */
  static BadValueException not(String text, KeyType<?> type) {
    if (text.isEmpty()) {
      return new BadValueException("has no value; give " + type.allowed() + ", or drop the line");
    }
    String hint = text.contains(" #") ? " (a comment needs a line of its own)" : "";
    return new BadValueException("'" + text + "' is not " + type.allowed() + hint);
  }
}
