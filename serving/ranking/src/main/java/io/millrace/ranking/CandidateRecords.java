package io.millrace.ranking;

import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.feature.RecordTemplate;
import io.millrace.wire.EventRules;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * A request's candidates as records. The context is checked and converted once, whatever the number
 * of candidates.
 *
 * @param candidates [n]
 * @param forModel [n], what the model is asked with
 * @param forLog [n], what is logged: the same records where nothing newer is known
 */
record CandidateRecords(
    Candidates candidates, List<GenericRecord> forModel, List<GenericRecord> forLog) {

  /**
   * Makes the records. An event time that is not given is {@code nowMillis}, a position 1, an id
   * empty.
   *
   * @param maxCells the most candidates times features
   * @throws InvalidRequestException naming the first feature that cannot be used
   */
  static CandidateRecords of(
      Candidates candidates, long nowMillis, RequestFeatures schemas, int maxCells) {
    int fields =
        Math.max(
            schemas.model().avro().getFields().size(), schemas.log().avro().getFields().size());
    if ((long) fields * candidates.size() > maxCells) {
      throw InvalidRequestException.field(
          "candidates",
          "at most %d for %d features each".formatted(maxCells / fields, fields),
          candidates.size() + " elements");
    }
    RecordTemplate.Shared model =
        shared(
            schemas.forModel(), schemas.model(), Positions.ofModel(schemas), candidates, nowMillis);
    List<GenericRecord> forModel = new ArrayList<>(candidates.size());
    if (schemas.isOne()) {
      for (int i = 0; i < candidates.size(); i++) {
        forModel.add(record(model, candidates, i));
      }
      return new CandidateRecords(candidates, forModel, forModel);
    }
    RecordTemplate.Shared log =
        shared(schemas.forLog(), schemas.log(), Positions.ofLog(schemas), candidates, nowMillis);
    List<GenericRecord> forLog = new ArrayList<>(candidates.size());
    for (int i = 0; i < candidates.size(); i++) {
      forModel.add(record(model, candidates, i));
      forLog.add(record(log, candidates, i));
    }
    return new CandidateRecords(candidates, forModel, forLog);
  }

  private static RecordTemplate.Shared shared(
      RecordTemplate template,
      FeatureSchema schema,
      Optional<Positions> positions,
      Candidates candidates,
      long nowMillis) {
    Map<String, Object> automatic = new HashMap<>();
    schema.timeField().ifPresent(time -> automatic.put(time, nowMillis));
    schema.idField().ifPresent(id -> automatic.put(id, ""));
    positions.ifPresent(place -> automatic.put(place.field(), place.value(Positions.FIRST)));
    try {
      return template.share(candidates.context().values(), automatic);
    } catch (InvalidFeatureException e) {
      candidates.checkApart(0);
      throw unusable(candidates, 0, e);
    }
  }

  private static GenericRecord record(
      RecordTemplate.Shared shared, Candidates candidates, int index) {
    candidates.checkApart(index);
    try {
      return shared.with(candidates.all().get(index).features().values());
    } catch (InvalidFeatureException e) {
      throw unusable(candidates, index, e);
    }
  }

  /** The answer for a feature that cannot be used. */
  static InvalidRequestException unusable(
      Candidates candidates, int index, InvalidFeatureException e) {
    return InvalidRequestException.field(
        candidates.placeOf(index, e.field()),
        e.expectation(),
        candidates.valueOf(index, e.field(), e.value()));
  }

  /**
   * The position of a ranking's first result: that of the context, or 1. All candidates have it
   * until it is decided which is shown where.
   *
   * @throws InvalidRequestException if a candidate brings one, or it is out of range
   */
  long firstPosition(RequestFeatures schemas) {
    Optional<Positions> ofModel = Positions.ofModel(schemas);
    Optional<Positions> ofLog = Positions.ofLog(schemas);
    long first;
    if (ofLog.isPresent()) {
      first = ofLog.get().first(candidates, forLog.get(0));
    } else if (ofModel.isPresent()) {
      first = ofModel.get().first(candidates, forModel.get(0));
    } else {
      return Positions.FIRST;
    }
    // A context may say null, which is no position.
    ofModel.ifPresent(positions -> forModel.forEach(record -> positions.set(record, first)));
    ofLog.ifPresent(positions -> forLog.forEach(record -> positions.set(record, first)));
    return first;
  }

  /**
   * Requires every id and event time that is given to be one that the label join takes, so that
   * whatever is logged can be learned from.
   *
   * @param schema what is logged
   * @throws InvalidRequestException naming the first that is not
   */
  void checkLoggable(FeatureSchema schema, long nowMillis) {
    int id = position(schema, schema.idField().orElse(null));
    int time = position(schema, schema.timeField().orElse(null));
    for (int i = 0; i < forLog.size(); i++) {
      GenericRecord record = forLog.get(i);
      if (id >= 0 && record.get(id) instanceof CharSequence given && !given.isEmpty()) {
        String text = given.toString();
        if (!EventRules.isId(text)) {
          throw InvalidRequestException.field(
              place(i, schema, id), "1 to %d characters".formatted(EventRules.MAX_ID_LENGTH), text);
        }
      }
      if (time >= 0
          && record.get(time) instanceof Long given
          && !EventRules.isTime(given, nowMillis)) {
        throw InvalidRequestException.field(
            place(i, schema, time),
            "milliseconds since 1970 from %d (2000-01-01) to %d (a day from now)"
                .formatted(EventRules.EARLIEST_EVENT_TIME, nowMillis + EventRules.MAX_AHEAD_MILLIS),
            given);
      }
    }
  }

  private String place(int index, FeatureSchema schema, int position) {
    Schema.Field field = schema.avro().getFields().get(position);
    return candidates.placeOf(index, field.name());
  }

  private static int position(FeatureSchema schema, @Nullable String field) {
    return field == null ? -1 : schema.avro().getField(field).pos();
  }
}
