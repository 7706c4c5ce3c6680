package dev.drover.benchmark;

/** What a row of the report must reach: its own value, or its ratio to the peer's. */
record Target(Kind kind, double bound) {
  /** Which of the two, and from which side. */
  enum Kind {
    NONE,
    VALUE_AT_MOST,
    VALUE_AT_LEAST,
    RATIO_AT_MOST,
    RATIO_AT_LEAST
  }

  static final Target NONE = new Target(Kind.NONE, 0);

  static Target atLeast(double value) {
    return new Target(Kind.VALUE_AT_LEAST, value);
  }

  static Target atMost(double value) {
    return new Target(Kind.VALUE_AT_MOST, value);
  }

  static Target times(double ratio) {
    return new Target(Kind.RATIO_AT_LEAST, ratio);
  }

  static Target timesAtMost(double ratio) {
    return new Target(Kind.RATIO_AT_MOST, ratio);
  }

  boolean isRatio() {
    return kind == Kind.RATIO_AT_MOST || kind == Kind.RATIO_AT_LEAST;
  }

  String text(String unit) {
    String sign = kind == Kind.VALUE_AT_MOST || kind == Kind.RATIO_AT_MOST ? "≤ " : "≥ ";
    return kind == Kind.NONE ? "" : sign + Figures.text(bound) + (isRatio() ? " ×" : " " + unit);
  }

  boolean met(double value, double ratio) {
    return switch (kind) {
      case NONE -> true;
      case VALUE_AT_MOST -> value <= bound;
      case VALUE_AT_LEAST -> value >= bound;
      case RATIO_AT_MOST -> ratio <= bound;
      case RATIO_AT_LEAST -> ratio >= bound;
    };
  }
}
