package io.millrace.serving;

import io.millrace.metrics.FigureNames;
import io.millrace.parameters.ModelSnapshot;
import java.time.Clock;
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

  /** Metrics of segments that are over: they never change, so they have no history. */
  private static final String PAST_SEGMENTS = "segments.";

  private final ServedModels models;
  private final IngestionCountsView ingestion;
  private final Map<String, EndpointMetrics> endpoints;
  private final ImpressionLog impressions;
  private final Admission admission;
  private final Surroundings surroundings;
  private final RankEndpoint rank;
  private final ExtraStatus extraStatus;
  private final Clock clock;
  private final long startedTime;
  private final History history = new History(HISTORY_SECONDS, MAX_SERIES);
  private final Rate events = new Rate();
  private final Map<String, Rate> examples = new HashMap<>();
  private volatile Map<String, Object> extra = Map.of();
  private volatile Status.Sample sample;

  StatusReporter(
      ServedModels models,
      IngestionCountsView ingestion,
      Map<String, EndpointMetrics> endpoints,
      ImpressionLog impressions,
      Admission admission,
      Surroundings surroundings,
      RankEndpoint rank,
      ExtraStatus extraStatus,
      Clock clock) {
    this.models = models;
    this.ingestion = ingestion;
    this.endpoints = endpoints;
    this.impressions = impressions;
    this.admission = admission;
    this.surroundings = surroundings;
    this.rank = rank;
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
    endpoints.values().forEach(metrics -> metrics.durations().tick());
    models.forwards().values().forEach(Durations::tick);
    try {
      extra = new TreeMap<>(extraStatus.values());
    } catch (RuntimeException e) {
      LOG.warn("the extra status failed: {}", e.toString());
    }
    surroundings.ask();
    Status status = status();
    Map<String, Double> values = new TreeMap<>();
    for (Status.Model model : status.models()) {
      addModel(values, status.time(), model);
    }
    status.endpoints().forEach((name, endpoint) -> addEndpoint(values, name, endpoint));
    Map<String, Long> counts = status.ingestion().counts();
    if (!counts.isEmpty()) {
      long total =
          counts.entrySet().stream()
              .filter(
                  count ->
                      count.getKey().equals("impressions")
                          || count.getKey().equals("clicks")
                          || count.getKey().endsWith(".events"))
              .mapToLong(Map.Entry::getValue)
              .sum();
      events
          .at(status.time(), total)
          .ifPresent(rate -> put(values, "ingestion.eventsPerSecond", rate));
    }
    put(values, "ingestion.lag", status.ingestion().lag());
    extra.forEach(
        (name, value) -> {
          if (value instanceof Number number) {
            put(values, "extra." + name, number.doubleValue());
          }
        });
    history.add(status.time(), values);
    sample = new Status.Sample(status.time(), values);
  }

  /** The present state. */
  Status status() {
    long now = clock.millis();
    List<String> notReady = surroundings.problems();
    Map<String, Status.Endpoint> byName = new LinkedHashMap<>();
    endpoints.forEach((name, metrics) -> byName.put(name, endpoint(metrics)));
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
        admission.counts(),
        rank.latest().orElse(null),
        extra,
        sample);
  }

  private static Status.Model model(ServedModel model, long now) {
    io.millrace.parameters.Freshness.Summary fresh = model.source().freshness();
    boolean any = fresh.clicks() > 0;
    Status.Freshness freshness =
        new Status.Freshness(
            fresh.clicks(),
            any ? fresh.p50Millis() : null,
            any ? fresh.p95Millis() : null,
            any ? fresh.p99Millis() : null);
    Durations.Recent passes = model.forward().recent();
    Status.Forward forward =
        new Status.Forward(passes.perSecond(), passes.p50Millis(), passes.p99Millis());
    boolean caughtUp = model.source().caughtUp();
    Predictor predictor = model.newest().orElse(null);
    if (predictor == null) {
      return new Status.Model(
          model.name(), caughtUp, null, null, null, null, null, freshness, forward, Map.of());
    }
    ModelSnapshot snapshot = predictor.snapshot();
    Map<String, Double> metrics = new TreeMap<>();
    model.source().figures().ifPresent(figures -> FigureNames.forEach(figures, metrics::put));
    return new Status.Model(
        model.name(),
        caughtUp,
        predictor.compiled().config().kind().name().toLowerCase(Locale.ROOT),
        predictor.compiled().config().outcome(),
        snapshot.version(),
        snapshot.manifest().getPublishedTime().toEpochMilli(),
        PredictEndpoint.ageMillis(snapshot, now),
        freshness,
        forward,
        metrics);
  }

  private static Status.Endpoint endpoint(EndpointMetrics metrics) {
    Map<Integer, Long> statuses = metrics.statuses();
    Durations.Recent recent = metrics.durations().recent();
    return new Status.Endpoint(
        statuses.values().stream().mapToLong(Long::longValue).sum(),
        statuses.entrySet().stream()
            .filter(entry -> entry.getKey() >= 400)
            .mapToLong(Map.Entry::getValue)
            .sum(),
        recent.perSecond(),
        recent.p50Millis(),
        recent.p99Millis(),
        recent.maxMillis());
  }

  private void addModel(Map<String, Double> values, long time, Status.Model model) {
    Long version = model.version();
    if (version == null) {
      return;
    }
    String prefix = model.name() + ".";
    put(values, prefix + "version", version);
    put(values, prefix + "ageMillis", model.ageMillis());
    examples
        .computeIfAbsent(model.name(), name -> new Rate())
        .at(time, version)
        .ifPresent(rate -> put(values, prefix + "examplesPerSecond", rate));
    put(values, prefix + "freshness.p50Millis", model.freshness().p50Millis());
    put(values, prefix + "freshness.p99Millis", model.freshness().p99Millis());
    model
        .metrics()
        .forEach(
            (name, value) -> {
              if (!name.startsWith(PAST_SEGMENTS)) {
                put(values, prefix + "metric." + name, value);
              }
            });
  }

  private static void addEndpoint(
      Map<String, Double> values, String name, Status.Endpoint endpoint) {
    put(values, name + ".requestsPerSecond", endpoint.requestsPerSecond());
    if (endpoint.requestsPerSecond() > 0) {
      put(values, name + ".p50Millis", endpoint.p50Millis());
      put(values, name + ".p99Millis", endpoint.p99Millis());
    }
  }

  private static void put(Map<String, Double> values, String name, @Nullable Number value) {
    if (value != null && Double.isFinite(value.doubleValue())) {
      values.put(name, value.doubleValue());
    }
  }
}
