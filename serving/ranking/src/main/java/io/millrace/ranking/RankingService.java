package io.millrace.ranking;

import io.millrace.event.Impression;
import io.millrace.event.Served;
import io.millrace.feature.FeatureSchema;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.wire.EventRules;
import io.millrace.wire.ShownValue;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * The best candidates by probability times bid, logged as impressions before the answer. Safe for
 * use by many threads.
 */
public final class RankingService {
  private static final int SHOWN_RESULTS = 5;

  private final ServedModels models;
  private final EventLog log;
  private final String topic;
  private final RankingLimits limits;
  private final Clock clock;
  private volatile @Nullable LatestRanking latest;

  /**
   * Ranks by given models.
   *
   * @param log where impressions go
   * @param topic of impressions
   */
  public RankingService(
      ServedModels models, EventLog log, String topic, RankingLimits limits, Clock clock) {
    this.models = models;
    this.log = log;
    this.topic = topic;
    this.limits = limits;
    this.clock = clock;
  }

  /** The models that rank. */
  public ServedModels models() {
    return models;
  }

  /** The newest ranking. */
  public Optional<LatestRanking> latest() {
    return Optional.ofNullable(latest);
  }

  /**
   * Answers a request; what is returned never completes exceptionally.
   *
   * @throws RankingException if it cannot be answered
   */
  public CompletionStage<RankAnswer> answer(RankRequest request, Deadline deadline) {
    Candidates candidates = request.candidates();
    int k = Math.min(candidates.size(), request.k());
    boolean wanted = request.log();
    if (wanted) {
      log.checkRoom();
    }
    long now = clock.millis();
    List<RankAnswer.Result> results = new ArrayList<>(k);
    List<EventLog.Event> events = new ArrayList<>(k);
    ModelSnapshot snapshot;
    long age;
    float[] probabilities;
    try (ServedModel.Lease lease = models.named(request.model()).lease()) {
      CandidateRecords records =
          CandidateRecords.of(candidates, now, lease.features(), limits.cells());
      if (wanted) {
        records.checkLoggable(lease.features().log(), now);
      }
      long first = records.firstPosition(lease.features());
      Scored scored = Scored.of(records, lease, deadline);
      probabilities = scored.probabilities();
      snapshot = lease.predictor().snapshot();
      age = lease.predictor().ageMillis(now);
      Integer[] order = order(scored);
      Scored shown = wanted ? scored.shown(order, k, first, lease, deadline) : scored;
      Set<String> ids = new HashSet<>();
      long bytes = 0;
      for (int i = 0; i < k; i++) {
        int index = order[i];
        String id = impressionId(scored, index, lease);
        if (!ids.add(id)) {
          throw InvalidRequestException.whole(
              "impression id %s: given to two of the %d results, expected one each"
                  .formatted(ShownValue.of(id), k));
        }
        results.add(result(scored, index, id));
        if (wanted) {
          EventLog.Event event = event(shown, index, id, now, request.arms(), lease);
          bytes += event.value().length;
          checkSize(event, index, bytes, k);
          events.add(event);
        }
      }
      remember(snapshot, now, scored, order, k);
    }
    CompletableFuture<Boolean> logged =
        wanted ? log.append(events) : CompletableFuture.completedFuture(false);
    if (wanted) {
      // While Kafka takes the impressions.
      for (ServedModel shadow : models.shadows()) {
        if (!shadow.name().equals(snapshot.model())) {
          shadow.shadow().score(shadow, candidates, probabilities, now, limits.cells(), deadline);
        }
      }
    }
    return logged.thenApply(
        done ->
            new RankAnswer(
                snapshot.model(),
                snapshot.version(),
                age,
                done,
                request.arms().answered(),
                results));
  }

  private void checkSize(EventLog.Event event, int index, long bytes, int k) {
    if (event.value().length > EventRules.MAX_EVENT_BYTES) {
      throw InvalidRequestException.field(
          "candidates[" + index + "]",
          "features that make an impression of at most %d bytes"
              .formatted(EventRules.MAX_EVENT_BYTES),
          event.value().length + " bytes");
    }
    if (bytes > limits.impressionBytes()) {
      throw InvalidRequestException.field(
          "k",
          "as many results as make impressions of at most %d bytes in all, or \"log\": false"
              .formatted(limits.impressionBytes()),
          k);
    }
  }

  /** Candidates by falling score, equal ones in the order of the request. */
  private static Integer[] order(Scored scored) {
    double[] scores = new double[scored.candidates().size()];
    Integer[] order = new Integer[scores.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = score(scored, i);
      order[i] = i;
    }
    Arrays.sort(order, (a, b) -> Double.compare(scores[b], scores[a]));
    return order;
  }

  private static double score(Scored scored, int index) {
    return scored.probabilities()[index] * scored.candidates().all().get(index).bid();
  }

  private static RankAnswer.Result result(Scored scored, int index, @Nullable String impressionId) {
    return new RankAnswer.Result(
        impressionId,
        scored.candidates().all().get(index).id(),
        index,
        scored.probabilities()[index],
        score(scored, index));
  }

  /** The id that the features bring, else a new one, which becomes part of them. */
  private String impressionId(Scored scored, int index, ServedModel.Lease lease) {
    Optional<String> field = lease.features().log().idField();
    GenericRecord record = scored.logged().get(index);
    String given = field.map(record::get).map(Object::toString).orElse("");
    if (!given.isEmpty()) {
      return given;
    }
    String id = UUID.randomUUID().toString();
    field.ifPresent(name -> record.put(name, id));
    return id;
  }

  private EventLog.Event event(
      Scored scored, int index, String id, long now, RequestArms arms, ServedModel.Lease lease) {
    FeatureSchema schema = lease.features().log();
    GenericRecord record = scored.logged().get(index);
    long time =
        schema.timeField().map(record::get).map(value -> ((Number) value).longValue()).orElse(now);
    ModelSnapshot snapshot = lease.predictor().snapshot();
    Impression impression =
        new Impression(
            id,
            Instant.ofEpochMilli(time),
            ByteBuffer.wrap(lease.scratch().wire().encode(record)),
            new Served(
                snapshot.model(),
                snapshot.version(),
                scored.probabilities()[index],
                scored.encodingHashes()[index],
                arms.counted(),
                arms.learning()));
    return new EventLog.Event(topic, id, lease.scratch().wire().encode(impression));
  }

  private void remember(
      ModelSnapshot snapshot, long now, Scored scored, Integer[] order, int shown) {
    List<RankAnswer.Result> best = new ArrayList<>(SHOWN_RESULTS);
    for (int i = 0; i < Math.min(SHOWN_RESULTS, order.length); i++) {
      best.add(result(scored, order[i], null));
    }
    latest =
        new LatestRanking(snapshot.model(), snapshot.version(), now, order.length, shown, best);
  }
}
