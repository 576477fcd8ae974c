package io.millrace.ranking;

/**
 * A request that is not answered, and why, in words for whoever asked. Carries no stack trace: it
 * is an answer, not a fault.
 */
public abstract sealed class RankingException extends RuntimeException
    permits BusyException, InvalidRequestException, UnavailableException, UnknownModelException {
  private static final long serialVersionUID = 1L;

  RankingException(String message) {
    super(message, null, false, false);
  }

  /** Why, as a sentence. */
  public final String reason() {
    return String.valueOf(getMessage());
  }
}
