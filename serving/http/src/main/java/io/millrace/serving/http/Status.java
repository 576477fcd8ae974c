package io.millrace.serving.http;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.millrace.intake.EventIntake;
import io.millrace.ranking.EventLog;
import io.millrace.ranking.LatestRanking;
import io.millrace.wire.IngestionTotals;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a server knows about itself: the answer of {@code GET /v1/status}. Times are
 * milliseconds since 1970; a metric that is not defined is left out.
 *
 * @param notReady reasons, empty if ready
 * @param parts what the server depends on, and how it is
 * @param endpoints by name; {@code other} are requests that reached none
 * @param events taken by {@code POST /v1/events} since the start
 * @param sample the newest point of the history
 */
record Status(
    long time,
    long startedTime,
    boolean ready,
    List<String> notReady,
    List<PartState> parts,
    List<Model> models,
    Ingestion ingestion,
    Map<String, Endpoint> endpoints,
    EventLog.Counts impressions,
    EventIntake.Counts events,
    Admission.Counts admission,
    @Nullable LatestRanking latestRanking,
    Map<String, Object> extra,
    Sample sample) {

  /**
   * One model; only its name and caughtUp are known before its first version.
   *
   * @param aliases by which requests get it
   * @param state what the deployments want of it, or null where there are none
   * @param memoryBytes of the version's rows and tensors
   * @param held why later versions are held back, or null
   * @param stale why the version is stale, or null
   */
  record Model(
      String name,
      List<String> aliases,
      @Nullable String state,
      boolean caughtUp,
      @Nullable String kind,
      @Nullable String outcome,
      @Nullable Long version,
      @Nullable Long publishedTime,
      @Nullable Long ageMillis,
      @Nullable Long memoryBytes,
      @Nullable String held,
      @Nullable String stale,
      Freshness freshness,
      Forward forward,
      @Nullable Shadow shadow,
      LearnedFigures metrics) {}

  /**
   * What a shadow has said of rankings, since this server was started; null if it has scored none.
   *
   * @param meanDifference of its probability from the live model's, without sign
   */
  record Shadow(long scored, long failed, @Nullable Double meanDifference) {}

  /** Forward passes, one for a request's candidates, of the last ten seconds. */
  record Forward(double passesPerSecond, double p50Millis, double p99Millis) {}

  /**
   * From click to served parameters, since this server was started; no quantiles without clicks.
   */
  record Freshness(
      long count, @Nullable Long p50Millis, @Nullable Long p95Millis, @Nullable Long p99Millis) {}

  /**
   * The ingestion job's totals, and how far it is.
   *
   * @param eventTime up to which everything was joined
   * @param lag events that are in Kafka and not yet read
   * @param waitsFor the partition that holds event time back, as a sentence; null while none has
   *     done so for a minute
   */
  record Ingestion(
      @Nullable Long countedTime,
      @JsonIgnore IngestionTotals totals,
      @Nullable Long eventTime,
      @Nullable Long lag,
      @Nullable String waitsFor) {
    /** Before the job has counted. */
    static final Ingestion NONE = new Ingestion(null, IngestionTotals.NONE, null, null, null);

    /** The totals as an answer shows them, sorted by name. */
    @JsonProperty("counts")
    SortedMap<String, Long> counts() {
      return totals.byName();
    }
  }

  /** Answers since the start; rate and latencies of the last ten seconds. */
  record Endpoint(
      long requests,
      long errors,
      double requestsPerSecond,
      double p50Millis,
      double p99Millis,
      double maxMillis) {}

  /** How one part is, in milliseconds and in the words of its state. */
  record PartState(String name, String state, long since, @Nullable String reason) {
    static PartState of(Part part) {
      return new PartState(
          part.name(),
          part.state().name().toLowerCase(Locale.ROOT),
          part.since().toEpochMilli(),
          part.reason());
    }
  }

  /** Values of one second. */
  record Sample(long time, Map<Series, Double> values) {}
}
