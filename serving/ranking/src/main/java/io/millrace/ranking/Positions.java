package io.millrace.ranking;

import io.millrace.feature.FeatureSchema;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;

/**
 * The places of results, where a schema has a field for them.
 *
 * @param schema which has one
 * @param field its name
 */
record Positions(FeatureSchema schema, String field) {
  /** Of the best result, and of all candidates while it is decided which that is. */
  static final long FIRST = 1;

  /** The positions of what is logged. */
  static Optional<Positions> ofLog(RequestFeatures features) {
    return features.log().positionField().map(name -> new Positions(features.log(), name));
  }

  /**
   * The positions of what a model is asked with. A model that learned the field before a newer
   * version gave it the role is asked at positions too: those are what it will learn from.
   */
  static Optional<Positions> ofModel(RequestFeatures features) {
    FeatureSchema model = features.model();
    return model
        .positionField()
        .or(
            () ->
                features
                    .log()
                    .positionField()
                    .filter(
                        name ->
                            model.encodedFields().stream()
                                .anyMatch(feature -> feature.name().equals(name))))
        .map(name -> new Positions(model, name));
  }

  Object value(long position) {
    return schema.wholeNumber(field, position);
  }

  void set(GenericRecord record, long position) {
    record.put(field, value(position));
  }

  /**
   * The position of a ranking's first result, that of the context, or 1.
   *
   * @throws InvalidRequestException if a candidate brings one, or it is out of range
   */
  long first(Candidates candidates, GenericRecord any) {
    Set<String> names = names();
    for (int i = 0; i < candidates.size(); i++) {
      for (String name : names) {
        if (candidates.all().get(i).features().values().containsKey(name)) {
          throw InvalidRequestException.field(
              candidates.placeOf(i, name),
              "nothing: a ranking decides positions, and context may give that of the first result",
              candidates.valueOf(i, name, null));
        }
      }
    }
    Object given = any.get(field);
    long first = given == null ? FIRST : ((Number) given).longValue();
    int last = Integer.MAX_VALUE - RankRequest.MAX_K;
    if (first < FIRST || first > last) {
      throw InvalidRequestException.field(
          candidates.placeOf(0, field),
          "the position of the first result, 1 to %d".formatted(last),
          first);
    }
    return first;
  }

  private Set<String> names() {
    Set<String> names = new HashSet<>(schema.avro().getField(field).aliases());
    names.add(field);
    return names;
  }
}
