package dev.drover.classpath;

/**
 * A function cannot travel: something that it holds is not serializable, or its class is nowhere.
 */
public final class FunctionNotSerializableException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FunctionNotSerializableException(String message, Throwable cause) {
    super(message, cause);
  }
}
