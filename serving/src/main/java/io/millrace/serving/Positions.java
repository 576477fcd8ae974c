package io.millrace.serving;

import com.linecorp.armeria.common.HttpStatus;
import io.millrace.feature.FeatureSchema;
import java.util.List;
import java.util.Optional;
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

  /** The positions of a schema, if it has a field for them. */
  static Optional<Positions> of(FeatureSchema schema) {
    return schema.positionField().map(name -> new Positions(schema, name));
  }

  void set(GenericRecord record, long position) {
    record.put(field, schema.positionValue(position));
  }

  /**
   * The position of a ranking's first result, which all candidates must share.
   *
   * @throws RequestException with 400 if one has another, or it is not positive
   */
  long first(Candidates candidates, List<GenericRecord> records) {
    Object shared = records.get(0).get(field);
    for (int i = 0; i < records.size(); i++) {
      Object own = records.get(i).get(field);
      if (shared == null ? own != null : !shared.equals(own)) {
        throw RequestException.of(
            HttpStatus.BAD_REQUEST,
            "%s: expected the same for all candidates, in context: the position of the first result"
                .formatted(candidates.placeOf(i, field)));
      }
    }
    long first = shared == null ? FIRST : ((Number) shared).longValue();
    if (first < FIRST || first > Integer.MAX_VALUE - RankEndpoint.MAX_K) {
      throw RequestException.field(
          candidates.placeOf(0, field), "the position of the first result, at least 1", first);
    }
    return first;
  }
}
