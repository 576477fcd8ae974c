package io.millrace.demo;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for an answer where there is nothing else to do. */
final class Answers {
  private static final int PATIENCE_SECONDS = 15;

  private Answers() {}

  /**
   * Waits.
   *
   * @throws RankClient.RefusedException if the answer is a refusal, or there is none
   */
  static <T> T await(CompletableFuture<T> answer) throws InterruptedException, TimeoutException {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RankClient.RefusedException refused) {
        throw refused;
      }
      throw new IllegalStateException("a request failed", e.getCause());
    }
  }
}
