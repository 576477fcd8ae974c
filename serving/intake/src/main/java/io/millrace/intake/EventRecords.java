package io.millrace.intake;

import io.millrace.event.Click;
import io.millrace.event.Impression;
import io.millrace.event.Outcome;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.ranking.EventLog;
import io.millrace.ranking.GivenFeatures;
import io.millrace.ranking.InvalidRequestException;
import io.millrace.ranking.RequestFeatures;
import io.millrace.ranking.RunningExperiments;
import io.millrace.ranking.ServedModels;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import io.millrace.wire.EventRules;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.ShownValue;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Makes records of given events. Safe for use by many threads. */
final class EventRecords {
  private final ServedModels models;
  private final Set<String> outcomes;
  private final Topics topics;
  private final ExposureRecords exposures;
  private final ThreadLocal<AvroWire> wires;
  private final ThreadLocal<Encoders> encoders = ThreadLocal.withInitial(Encoders::new);

  /** Encodes as the label join will, for what it would refuse; confined to a thread. */
  private static final class Encoders {
    private @Nullable FeatureSchema schema;
    private @Nullable FeatureEncoder encoder;
    private @Nullable EncodedBatch scratch;

    /**
     * Requires a record to be one that can be encoded.
     *
     * @throws InvalidFeatureException if it is not
     */
    void check(FeatureSchema of, GenericRecord record) {
      FeatureEncoder present = encoder;
      EncodedBatch batch = scratch;
      if (present == null || batch == null || schema != of) {
        present = FeatureEncoder.compile(of);
        batch = present.newBatch();
        schema = of;
        encoder = present;
        scratch = batch;
      }
      batch.clear();
      present.encode(record, batch);
    }
  }

  /**
   * @param models whose feature schemas impressions may have
   * @param experiments whose arms exposures may name
   * @param outcomes what the platform joins, by name
   */
  EventRecords(
      ServedModels models,
      RunningExperiments experiments,
      Set<String> outcomes,
      SchemaRegistry registry,
      Topics topics) {
    this.exposures = new ExposureRecords(experiments);
    this.models = models;
    this.outcomes = Set.copyOf(outcomes);
    this.topics = topics;
    this.wires = ThreadLocal.withInitial(() -> new AvroWire(registry));
  }

  AvroWire wire() {
    return wires.get();
  }

  /**
   * The records of an event: one, and of an exposure those of its outcomes too.
   *
   * @param nowMillis the event's time, if it has none
   * @throws RefusedEventException if it breaks a rule
   * @throws io.millrace.ranking.RankingException if there is no such model, or it has no version
   */
  List<EventLog.Event> of(GivenEvent event, long nowMillis) throws RefusedEventException {
    List<EventLog.Event> records = new ArrayList<>();
    if (event instanceof GivenEvent.Shown shown) {
      records.add(impression(shown, nowMillis));
    } else if (event instanceof GivenEvent.Happened happened) {
      records.add(outcome(happened, nowMillis));
    } else if (event instanceof GivenEvent.Exposed exposed) {
      addExposure(exposed, nowMillis, records);
    }
    for (EventLog.Event record : records) {
      requireSize(event, record);
    }
    return records;
  }

  private void addExposure(GivenEvent.Exposed event, long now, List<EventLog.Event> records)
      throws RefusedEventException {
    String id = checkedId(event, ExposureRecords.id(event));
    long time = checkedTime(event, "time", event.time(), now);
    Impression impression = exposures.of(event, id, Instant.ofEpochMilli(time), wire());
    records.add(new EventLog.Event(topics.impressions(), id, wire().encode(impression)));
    for (Map.Entry<String, Optional<Double>> outcome : event.outcomes().entrySet()) {
      if (!outcomes.contains(outcome.getKey())) {
        throw refused(
            RejectionReason.UNKNOWN_OUTCOME,
            event.at("outcomes"),
            "outcomes that are joined here: " + String.join(", ", new TreeSet<>(outcomes)),
            outcome.getKey());
      }
      records.add(
          outcome(
              new GivenEvent.Happened(
                  event.at("outcomes." + outcome.getKey()),
                  id,
                  time,
                  outcome.getKey(),
                  outcome.getValue().orElse(null),
                  false),
              now));
    }
  }

  private static void requireSize(GivenEvent event, EventLog.Event record)
      throws RefusedEventException {
    if (record.value().length > EventRules.MAX_EVENT_BYTES) {
      throw refused(
          RejectionReason.TOO_LARGE,
          event.place().isEmpty() ? "the event" : event.place(),
          "an event of at most %d bytes".formatted(EventRules.MAX_EVENT_BYTES),
          record.value().length + " bytes");
    }
  }

  private EventLog.Event outcome(GivenEvent.Happened event, long now) throws RefusedEventException {
    if (!outcomes.contains(event.outcome())) {
      throw refused(
          RejectionReason.UNKNOWN_OUTCOME,
          event.at("type"),
          "impression or an outcome that is joined here: "
              + String.join(", ", new TreeSet<>(outcomes)),
          event.outcome());
    }
    String id = checkedId(event, event.impressionId());
    Instant time = Instant.ofEpochMilli(checkedTime(event, "time", event.time(), now));
    boolean plain =
        event.outcome().equals(EventRules.CLICK) && event.value() == null && !event.retracted();
    byte[] value =
        plain
            ? wire().encode(new Click(id, time))
            : wire()
                .encode(new Outcome(id, event.outcome(), time, event.value(), event.retracted()));
    return new EventLog.Event(topics.clicks(), id, value);
  }

  private EventLog.Event impression(GivenEvent.Shown event, long now) throws RefusedEventException {
    RequestFeatures schemas = models.named(event.model()).requestFeatures();
    FeatureSchema schema = schemas.log();
    GivenFeatures features = event.features();
    Map<String, Object> automatic = new HashMap<>();
    schema.timeField().ifPresent(field -> automatic.put(field, orElse(event.time(), now)));
    schema.idField().ifPresent(field -> automatic.put(field, orElse(event.impressionId(), "")));
    GenericRecord record;
    try {
      record = schemas.forLog().share(Map.of(), automatic).with(features.values());
      encoders.get().check(schema, record);
    } catch (InvalidFeatureException e) {
      throw refused(
          RejectionReason.INVALID_FEATURE,
          features.at(e.field()),
          e.expectation(),
          features.values().getOrDefault(e.field(), e.value()));
    }
    String id =
        checkedId(
            event, one(event, "impressionId", event.impressionId(), schema.idField(), record));
    long time =
        checkedTime(
            event, "time", one(event, "time", event.time(), schema.timeField(), record), now);
    Impression impression =
        new Impression(
            id, Instant.ofEpochMilli(time), ByteBuffer.wrap(wire().encode(record)), null);
    return new EventLog.Event(topics.impressions(), id, wire().encode(impression));
  }

  private static <T> T orElse(@Nullable T given, T otherwise) {
    return given == null ? otherwise : given;
  }

  /**
   * What an event says beside its features, or else the feature of that role; they may not differ.
   */
  private static <T> @Nullable T one(
      GivenEvent event,
      String key,
      @Nullable T beside,
      Optional<String> field,
      GenericRecord record)
      throws RefusedEventException {
    Object within = field.map(record::get).orElse(null);
    if (within == null || within.equals("")) {
      return beside;
    }
    Object feature = within instanceof CharSequence text ? text.toString() : within;
    if (beside != null && !beside.equals(feature)) {
      throw refused(
          RejectionReason.INVALID_FEATURE,
          event.at(key),
          "what the feature %s says, %s".formatted(field.orElseThrow(), ShownValue.of(feature)),
          beside);
    }
    @SuppressWarnings("unchecked") // the schema's rules make an id a string and a time a long
    T same = (T) feature;
    return same;
  }

  private static String checkedId(GivenEvent event, @Nullable String id)
      throws RefusedEventException {
    if (id == null || !EventRules.isId(id)) {
      throw refused(
          RejectionReason.INVALID_ID,
          event.at("impressionId"),
          "1 to %d characters".formatted(EventRules.MAX_ID_LENGTH),
          id);
    }
    return id;
  }

  private static long checkedTime(GivenEvent event, String key, @Nullable Long given, long now)
      throws RefusedEventException {
    long time = orElse(given, now);
    if (!EventRules.isTime(time, now)) {
      throw refused(
          RejectionReason.ABSURD_EVENT_TIME,
          event.at(key),
          "milliseconds since 1970 from %d (2000-01-01) to %d (a day from now)"
              .formatted(EventRules.EARLIEST_EVENT_TIME, now + EventRules.MAX_AHEAD_MILLIS),
          time);
    }
    return time;
  }

  private static RefusedEventException refused(
      RejectionReason reason, String place, String expected, @Nullable Object value) {
    return new RefusedEventException(reason, InvalidRequestException.field(place, expected, value));
  }
}
