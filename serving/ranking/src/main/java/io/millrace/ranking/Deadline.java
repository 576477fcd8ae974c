package io.millrace.ranking;

/**
 * Whether anybody still waits for an answer. Who works for a request asks before it begins and
 * between pieces of work, so that nothing is done for a client that is gone or was told to try
 * later.
 */
@FunctionalInterface
public interface Deadline {
  /** For work that is not done for a client. */
  Deadline NONE = () -> false;

  /** Whether the request's time is up or its client is gone. */
  boolean over();

  /**
   * Goes on if it makes sense to.
   *
   * @throws UnavailableException if it does not
   */
  default void check() {
    if (over()) {
      throw new UnavailableException("The server is too busy to answer in time.");
    }
  }
}
