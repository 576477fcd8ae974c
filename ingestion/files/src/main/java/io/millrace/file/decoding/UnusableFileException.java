package io.millrace.file.decoding;

/**
 * A file that cannot be read as what it is said to be. The message is one line that names value,
 * expectation and place.
 */
public final class UnusableFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnusableFileException(String message) {
    super(message);
  }
}
