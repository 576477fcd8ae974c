package io.millrace.serving;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a server knows about itself: the answer of {@code GET /v1/status}. Times are
 * milliseconds since 1970; a metric that is not defined is left out.
 *
 * @param notReady reasons, empty if ready
 * @param sample the newest point of the history
 */
record Status(
    long time,
    long startedTime,
    boolean ready,
    List<String> notReady,
    List<Model> models,
    Ingestion ingestion,
    Map<String, Endpoint> endpoints,
    ImpressionCounts impressions,
    RankEndpoint.@Nullable Latest latestRanking,
    Map<String, Object> extra,
    Sample sample) {

  /** One model; only its name and caughtUp are known before its first version. */
  record Model(
      String name,
      boolean caughtUp,
      @Nullable String kind,
      @Nullable Long version,
      @Nullable Long publishedTime,
      @Nullable Long ageMillis,
      Freshness freshness,
      Forward forward,
      Map<String, Double> metrics) {}

  /** Forward passes, one for a request's candidates, of the last ten seconds. */
  record Forward(double passesPerSecond, double p50Millis, double p99Millis) {}

  /**
   * From click to served parameters, since this server was started; no quantiles without clicks.
   */
  record Freshness(
      long count, @Nullable Long p50Millis, @Nullable Long p95Millis, @Nullable Long p99Millis) {}

  /** The ingestion job's totals. */
  record Ingestion(@Nullable Long countedTime, Map<String, Long> counts) {}

  /** Answers since the start; rate and latencies of the last ten seconds. */
  record Endpoint(
      long requests,
      long errors,
      double requestsPerSecond,
      double p50Millis,
      double p99Millis,
      double maxMillis) {}

  /** Impressions since the start: acknowledged by Kafka in time, and not. */
  record ImpressionCounts(long logged, long unacknowledged) {}

  /** Values of one second by name. */
  record Sample(long time, Map<String, Double> values) {}
}
