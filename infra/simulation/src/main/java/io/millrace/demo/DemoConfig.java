package io.millrace.demo;

import io.millrace.world.WorldConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * What a demo does.
 *
 * @param world the market; its attribution window must be the platform's
 * @param requestsPerSecond how many ads are asked for
 * @param duration how long, or empty for until it is stopped
 * @param model asked for rankings, learning from feature schema {@code ad-world}
 * @param maxInFlight requests that wait for their answer at most
 */
public record DemoConfig(
    WorldConfig world,
    int requestsPerSecond,
    Optional<Duration> duration,
    String model,
    int maxInFlight) {

  /** Checks ranges. */
  public DemoConfig {
    if (requestsPerSecond < 1 || requestsPerSecond > 100_000) {
      throw new IllegalArgumentException(
          "requestsPerSecond: " + requestsPerSecond + ", expected 1 to 100000");
    }
    if (duration.isPresent() && (duration.get().isNegative() || duration.get().isZero())) {
      throw new IllegalArgumentException(
          "duration: " + duration.get() + ", expected a positive duration");
    }
    if (maxInFlight < 1) {
      throw new IllegalArgumentException("maxInFlight: " + maxInFlight + ", expected at least 1");
    }
  }

  /** 200 requests a second to model {@code ads} until stopped. */
  public static DemoConfig defaults(long seed) {
    return new DemoConfig(WorldConfig.defaults(seed), 200, Optional.empty(), "ads", 64);
  }
}
