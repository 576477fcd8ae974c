package io.millrace.standalone;

/**
 * Something that the person at the terminal can mend: a port in use, a full disk, a wrong argument.
 * The message is one line that names value, expectation and place; no stack trace is shown.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UserError(String message) {
    super(message);
  }
}
