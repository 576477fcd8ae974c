package io.millrace.serving;

import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.generic.GenericRecord;

/**
 * A request's candidates, scored by one version.
 *
 * @param candidates [n]
 * @param records [n], the features as the model used them
 * @param logged [n], the features as they are logged: the same records where nothing newer is known
 * @param probabilities [n]
 * @param encodingHashes [n]
 */
record Scored(
    List<Candidate> candidates,
    List<GenericRecord> records,
    List<GenericRecord> logged,
    float[] probabilities,
    long[] encodingHashes) {

  /**
   * Scores candidates. An event time that is not given is {@code nowMillis}, an id that is not
   * given is empty.
   *
   * @throws RequestException with 400, naming the first feature that cannot be used
   */
  static Scored of(List<Candidate> candidates, long nowMillis, ServedModel.Lease lease) {
    RequestFeatures schemas = lease.features();
    List<GenericRecord> records = new ArrayList<>(candidates.size());
    List<GenericRecord> logged = schemas.isOne() ? records : new ArrayList<>(candidates.size());
    for (Candidate candidate : candidates) {
      Map<String, Object> features = candidate.features();
      for (FeatureSchema schema : List.of(schemas.model(), schemas.log())) {
        schema.timeField().ifPresent(time -> features.putIfAbsent(time, nowMillis));
        schema.idField().ifPresent(id -> features.putIfAbsent(id, ""));
      }
      try {
        records.add(schemas.forModel(features));
        if (!schemas.isOne()) {
          logged.add(schemas.forLog(features));
        }
      } catch (InvalidFeatureException e) {
        throw unusable(candidate, e);
      }
    }
    float[] probabilities = new float[records.size()];
    long[] hashes = new long[records.size()];
    try {
      long forward = lease.predictor().score(records, lease.scratch(), probabilities, hashes);
      lease.forward().record(forward);
    } catch (UnusableRecordException e) {
      throw unusable(candidates.get(e.index()), e.reason());
    }
    return new Scored(candidates, records, logged, probabilities, hashes);
  }

  private static RequestException unusable(Candidate candidate, InvalidFeatureException e) {
    return RequestException.field(
        candidate.placeOf(e.field()), e.expectation(), candidate.features().get(e.field()));
  }
}
