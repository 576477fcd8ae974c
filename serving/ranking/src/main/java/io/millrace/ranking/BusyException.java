package io.millrace.ranking;

/** Nothing is wrong with the request, and it may be sent again in a second. */
public final class BusyException extends RankingException {
  private static final long serialVersionUID = 1L;

  /** Says why. */
  public BusyException(String message) {
    super(message);
  }
}
