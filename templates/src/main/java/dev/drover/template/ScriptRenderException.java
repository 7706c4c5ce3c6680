package dev.drover.template;

/**
 * A template that cannot be read, or asks for what is not there; the message names the place and
 * the mend.
 */
public final class ScriptRenderException extends Exception {
  private static final long serialVersionUID = 1L;

  ScriptRenderException(String message, Throwable cause) {
    super(message, cause);
  }
}
