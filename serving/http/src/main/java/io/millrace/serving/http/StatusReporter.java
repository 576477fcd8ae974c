package io.millrace.serving.http;

import io.millrace.deployment.DeploymentState;
import io.millrace.intake.EventIntake;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.ranking.EventLog;
import io.millrace.ranking.Predictor;
import io.millrace.ranking.RankingService;
import io.millrace.ranking.ServedModel;
import io.millrace.ranking.ServedModels;
import io.millrace.ranking.ShadowScores;
import io.millrace.serving.http.Series.EndpointFigure;
import io.millrace.serving.http.Series.IngestionFigure;
import io.millrace.serving.http.Series.ModelFigure;
import io.millrace.serving.http.rate.Rate;
import io.millrace.wire.IngestionTotals;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at all parts of a server, and keeps an hour of it. {@link #tick} is called by one thread
 * once a second, everything else by any.
 */
final class StatusReporter {
  private static final Logger LOG = LoggerFactory.getLogger(StatusReporter.class);
  private static final int HISTORY_SECONDS = 3600;
  private static final int MAX_SERIES = 200;
  private static final Duration RATE_WINDOW = Duration.ofSeconds(5);

  /** Metrics of segments that are over: they never change, so they have no history. */
  private static final String PAST_SEGMENTS = "segments.";

  private final ServedModels models;
  private final IngestionCountsView ingestion;
  private final ServerMetrics metrics;
  private final EventLog impressions;
  private final Admission admission;
  private final Surroundings surroundings;
  private final RankingService rankings;
  private final EventIntake intake;
  private final ExtraStatus extraStatus;
  private final Clock clock;
  private final long startedTime;
  private final History history = new History(HISTORY_SECONDS, MAX_SERIES);
  private final Rate events = new Rate(RATE_WINDOW);
  private final Map<String, Rate> examples = new HashMap<>();
  private volatile List<StatusValue> extra = List.of();
  private volatile Status.Sample sample;

  StatusReporter(
      ServedModels models,
      IngestionCountsView ingestion,
      ServerMetrics metrics,
      EventLog impressions,
      Admission admission,
      Surroundings surroundings,
      RankingService rankings,
      EventIntake intake,
      ExtraStatus extraStatus,
      Clock clock) {
    this.models = models;
    this.ingestion = ingestion;
    this.metrics = metrics;
    this.impressions = impressions;
    this.admission = admission;
    this.surroundings = surroundings;
    this.rankings = rankings;
    this.intake = intake;
    this.extraStatus = extraStatus;
    this.clock = clock;
    this.startedTime = clock.millis();
    this.sample = new Status.Sample(startedTime, Map.of());
  }

  History history() {
    return history;
  }

  /** Takes one sample. */
  void tick() {
    metrics.tick(clock.millis());
    try {
      extra = List.copyOf(extraStatus.values());
    } catch (RuntimeException e) {
      LOG.warn("the extra status failed: {}", e.toString());
    }
    surroundings.ask();
    Status status = status();
    Map<Series, Double> values = new TreeMap<>(Comparator.comparing(Series::name));
    for (Status.Model model : status.models()) {
      addModel(values, status.time(), model);
    }
    status.endpoints().forEach((name, endpoint) -> addEndpoint(values, name, endpoint));
    IngestionTotals counts = status.ingestion().totals();
    if (!counts.isEmpty()) {
      events
          .at(status.time(), counts.events())
          .ifPresent(
              rate -> put(values, new Series.OfIngestion(IngestionFigure.EVENTS_PER_SECOND), rate));
    }
    put(values, new Series.OfIngestion(IngestionFigure.LAG), status.ingestion().lag());
    for (StatusValue value : extra) {
      if (value.shown() instanceof Number number) {
        put(values, new Series.Extra(value.name()), number);
      }
    }
    history.add(status.time(), values);
    sample = new Status.Sample(status.time(), values);
  }

  /** The present state. */
  Status status() {
    long now = clock.millis();
    List<String> notReady = surroundings.problems();
    Map<String, Status.Endpoint> byName = new LinkedHashMap<>();
    metrics.endpoints().forEach(name -> byName.put(name, metrics.endpoint(name)));
    return new Status(
        now,
        startedTime,
        notReady.isEmpty(),
        notReady,
        surroundings.parts().stream().map(Status.PartState::of).toList(),
        models.all().stream().map(model -> model(model, now)).toList(),
        ingestion.newest().map(IngestionCountsView.Counts::status).orElse(Status.Ingestion.NONE),
        byName,
        impressions.counts(),
        intake.counts(),
        admission.counts(),
        rankings.latest().orElse(null),
        shown(extra),
        sample);
  }

  private static Map<String, Object> shown(List<StatusValue> values) {
    Map<String, Object> byName = new TreeMap<>();
    values.forEach(value -> byName.put(value.name(), value.shown()));
    return byName;
  }

  private Status.Model model(ServedModel model, long now) {
    io.millrace.parameters.Freshness.Summary fresh = model.source().freshness();
    boolean any = fresh.clicks() > 0;
    Status.Freshness freshness =
        new Status.Freshness(
            fresh.clicks(),
            any ? fresh.p50Millis() : null,
            any ? fresh.p95Millis() : null,
            any ? fresh.p99Millis() : null);
    Status.Forward forward = metrics.forward(model.name());
    boolean caughtUp = model.source().caughtUp();
    String state = model.state().map(DeploymentState::word).orElse(null);
    Predictor predictor = model.newest().orElse(null);
    if (predictor == null) {
      return new Status.Model(
          model.name(),
          models.aliasesOf(model.name()),
          state,
          caughtUp,
          null,
          null,
          null,
          null,
          null,
          null,
          model.source().held().orElse(null),
          model.stale().orElse(null),
          freshness,
          forward,
          shadow(model),
          LearnedFigures.NONE);
    }
    ModelSnapshot snapshot = predictor.snapshot();
    return new Status.Model(
        model.name(),
        models.aliasesOf(model.name()),
        state,
        caughtUp,
        predictor.compiled().config().kind().name().toLowerCase(Locale.ROOT),
        predictor.compiled().config().outcome(),
        snapshot.version(),
        snapshot.manifest().getPublishedTime().toEpochMilli(),
        predictor.ageMillis(now),
        snapshot.bytes(),
        model.source().held().orElse(null),
        model.stale().orElse(null),
        freshness,
        forward,
        shadow(model),
        new LearnedFigures(model.source().figures()));
  }

  private static Status.@Nullable Shadow shadow(ServedModel model) {
    ShadowScores.Counts counts = model.shadow().counts();
    if (counts.scored() == 0 && counts.failed() == 0) {
      return null;
    }
    double difference = counts.meanDifference();
    return new Status.Shadow(
        counts.scored(), counts.failed(), Double.isNaN(difference) ? null : difference);
  }

  private void addModel(Map<Series, Double> values, long time, Status.Model model) {
    Long version = model.version();
    if (version == null) {
      return;
    }
    String name = model.name();
    put(values, new Series.OfModel(name, ModelFigure.VERSION), version);
    put(values, new Series.OfModel(name, ModelFigure.AGE_MILLIS), model.ageMillis());
    examples
        .computeIfAbsent(name, of -> new Rate(RATE_WINDOW))
        .at(time, version)
        .ifPresent(
            rate -> put(values, new Series.OfModel(name, ModelFigure.EXAMPLES_PER_SECOND), rate));
    put(
        values,
        new Series.OfModel(name, ModelFigure.FRESHNESS_P50_MILLIS),
        model.freshness().p50Millis());
    put(
        values,
        new Series.OfModel(name, ModelFigure.FRESHNESS_P99_MILLIS),
        model.freshness().p99Millis());
    model
        .metrics()
        .forEach(
            (figure, value) -> {
              if (!figure.startsWith(PAST_SEGMENTS)) {
                put(values, new Series.OfLearner(name, figure), value);
              }
            });
  }

  private static void addEndpoint(
      Map<Series, Double> values, String name, Status.Endpoint endpoint) {
    put(
        values,
        new Series.OfEndpoint(name, EndpointFigure.REQUESTS_PER_SECOND),
        endpoint.requestsPerSecond());
    if (endpoint.requestsPerSecond() > 0) {
      put(values, new Series.OfEndpoint(name, EndpointFigure.P50_MILLIS), endpoint.p50Millis());
      put(values, new Series.OfEndpoint(name, EndpointFigure.P99_MILLIS), endpoint.p99Millis());
    }
  }

  private static void put(Map<Series, Double> values, Series of, @Nullable Number value) {
    if (value != null && Double.isFinite(value.doubleValue())) {
      values.put(of, value.doubleValue());
    }
  }
}
