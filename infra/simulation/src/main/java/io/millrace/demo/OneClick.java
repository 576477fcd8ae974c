package io.millrace.demo;

import io.millrace.world.AdRequest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * What one click does: somebody new is shown an ad and clicks; the same ad is scored for the same
 * person before and after. Done before there is other traffic, so that the change is the click's.
 *
 * @param millis from writing the click to the first answer that knew of it
 */
record OneClick(
    String user,
    String ad,
    double before,
    double after,
    long versionBefore,
    long versionAfter,
    long millis) {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long LOOK_AGAIN_MILLIS = 5;

  /** Shows, clicks and looks again, or empty if nothing changes for 20 seconds. */
  static Optional<OneClick> show(
      RankClient client, EventWriter writer, AdRequest like, String user, java.time.Clock clock)
      throws InterruptedException, TimeoutException {
    AdRequest request =
        new AdRequest(
            like.timeMillis(),
            user,
            like.userSegment(),
            like.device(),
            like.hour(),
            List.of(),
            like.candidates().subList(0, 1));
    RankClient.Ranked shown = Answers.await(client.rank(request));
    long clicked = System.nanoTime();
    writer.click(shown.impressionId(), clock.millis());
    while (System.nanoTime() - clicked < PATIENCE.toNanos()) {
      RankClient.Predicted now = Answers.await(client.predict(request, 0));
      if (now.version() > shown.version() && now.probability() != shown.probability()) {
        return Optional.of(
            new OneClick(
                user,
                request.candidates().get(0).id(),
                shown.probability(),
                now.probability(),
                shown.version(),
                now.version(),
                (System.nanoTime() - clicked) / 1_000_000));
      }
      Thread.sleep(LOOK_AGAIN_MILLIS);
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "One click changes a ranking: %s on %s scored %.4f before (version %d), %.4f after"
            + " (version %d), %d ms after the click.",
        user,
        ad,
        before,
        versionBefore,
        after,
        versionAfter,
        millis);
  }
}
