package dev.drover.provider.flux;

import dev.drover.job.JobId;
import java.util.regex.Pattern;

/**
 * Flux's short form of a job's number: base 58 after an {@code f}, as {@code fDm86TjV}. Flux itself
 * likes to write {@code ƒ} there, which does not survive a C locale (Flux RFC 19).
 */
final class F58 {
  private static final String DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  private static final Pattern ID = Pattern.compile("[f\u0192]([" + DIGITS + "]+)");

  private F58() {}

  /** The id of that number, which passes 2^53 after some days of an instance's life. */
  static JobId of(long number) {
    StringBuilder digits = new StringBuilder();
    long rest = number;
    do {
      digits.append(DIGITS.charAt((int) Long.remainderUnsigned(rest, DIGITS.length())));
      rest = Long.divideUnsigned(rest, DIGITS.length());
    } while (rest != 0);
    return new JobId("f" + digits.reverse());
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** The id with the letter that every locale knows. */
  static JobId parse(String text) {
    return new JobId("f" + text.substring(1));
  }
}
