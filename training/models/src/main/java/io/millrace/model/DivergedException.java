package io.millrace.model;

/** A model has come to numbers with which it cannot compute. Nothing that it holds has changed. */
public final class DivergedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message names the number and what was expected
   */
  public DivergedException(String message) {
    super(message);
  }
}
