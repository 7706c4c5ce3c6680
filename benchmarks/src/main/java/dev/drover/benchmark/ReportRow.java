package dev.drover.benchmark;

/**
 * One line of the report: a figure, and a peer's beside it.
 *
 * @param peer in words; empty = none
 * @param peerValue NaN = none was measured
 */
record ReportRow(
    String what, String unit, double value, String peer, double peerValue, Target target) {
  double ratio() {
    return value / peerValue;
  }

  String verdict() {
    if (target.kind() == Target.Kind.NONE) {
      return "";
    }
    if (target.isRatio() && Double.isNaN(peerValue)) {
      return "no peer";
    }
    return target.met(value, ratio()) ? "met" : "SHORT";
  }

  boolean hasPeer() {
    return !Double.isNaN(peerValue);
  }
}
