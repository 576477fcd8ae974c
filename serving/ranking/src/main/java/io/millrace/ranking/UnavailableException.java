package io.millrace.ranking;

/** Nothing is wrong with the request, but nobody can tell when it will be answered. */
public final class UnavailableException extends RankingException {
  private static final long serialVersionUID = 1L;

  UnavailableException(String message) {
    super(message);
  }
}
