package io.millrace.ranking;

import io.millrace.feature.Feature;
import io.millrace.parameters.ModelSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * A request's candidates, scored by one version.
 *
 * @param candidates [n]
 * @param records [n], the features as the model used them
 * @param logged [n], the features as they are logged: the same records where nothing newer is known
 * @param probabilities [n], finite
 * @param encodingHashes [n]
 */
record Scored(
    Candidates candidates,
    List<GenericRecord> records,
    List<GenericRecord> logged,
    float[] probabilities,
    long[] encodingHashes) {
  /** Numbers beyond it can be why a model computes no finite probability. */
  private static final double LARGE = 1000;

  /**
   * Scores candidates.
   *
   * @throws InvalidRequestException naming the first feature that cannot be used
   * @throws UnavailableException if nobody waits any longer, or the model computes no probability
   */
  static Scored of(CandidateRecords records, ServedModel.Lease lease, Deadline deadline) {
    Candidates candidates = records.candidates();
    float[] probabilities = new float[candidates.size()];
    long[] hashes = new long[candidates.size()];
    try {
      long forward =
          lease
              .predictor()
              .score(records.forModel(), lease.scratch(), probabilities, hashes, deadline);
      lease.recordPass(forward);
    } catch (UnusableRecordException e) {
      throw CandidateRecords.unusable(candidates, e.index(), e.reason());
    }
    for (int i = 0; i < probabilities.length; i++) {
      if (!Float.isFinite(probabilities[i])) {
        throw notFinite(records, i, lease.predictor());
      }
    }
    return new Scored(candidates, records.forModel(), records.forLog(), probabilities, hashes);
  }

  /**
   * The same with the results at the positions where they are shown, from {@code first} on, and
   * what the model says of each there. Candidates that are no result stay as they are.
   *
   * @param order of the candidates, the results first
   * @param results how many there are
   */
  Scored shown(
      Integer[] order, int results, long first, ServedModel.Lease lease, Deadline deadline) {
    Optional<Positions> asked = Positions.ofModel(lease.features());
    Optional<Positions> kept = Positions.ofLog(lease.features());
    List<GenericRecord> shown = new ArrayList<>(results);
    for (int i = 0; i < results; i++) {
      long position = first + i;
      GenericRecord record = records.get(order[i]);
      GenericRecord forLog = logged.get(order[i]);
      asked.ifPresent(positions -> positions.set(record, position));
      kept.ifPresent(positions -> positions.set(forLog, position));
      shown.add(record);
    }
    if (asked.isEmpty()) {
      return this;
    }
    float[] there = new float[results];
    long[] hashesThere = new long[results];
    try {
      long forward = lease.predictor().score(shown, lease.scratch(), there, hashesThere, deadline);
      lease.recordPass(forward);
    } catch (UnusableRecordException e) {
      throw CandidateRecords.unusable(candidates, order[e.index()], e.reason());
    }
    float[] all = probabilities.clone();
    long[] hashes = encodingHashes.clone();
    for (int i = 0; i < results; i++) {
      if (!Float.isFinite(there[i])) {
        CandidateRecords asRecords = new CandidateRecords(candidates, records, logged);
        throw notFinite(asRecords, order[i], lease.predictor());
      }
      all[order[i]] = there[i];
      hashes[order[i]] = hashesThere[i];
    }
    return new Scored(candidates, records, logged, all, hashes);
  }

  /** The answer for a candidate without a finite probability: the largest number is the cause. */
  private static RankingException notFinite(
      CandidateRecords records, int index, Predictor predictor) {
    GenericRecord record = records.forModel().get(index);
    String largest = null;
    Number value = null;
    for (Feature feature : predictor.compiled().schema().encodedFields()) {
      if (feature.isNumber()
          && record.get(feature.name()) instanceof Number number
          && (value == null || magnitude(number) > magnitude(value))) {
        largest = feature.name();
        value = number;
      }
    }
    if (largest != null && magnitude(value) > LARGE) {
      return InvalidRequestException.field(
          records.candidates().placeOf(index, largest),
          "a number that is small enough for the model to compute a finite probability",
          records.candidates().valueOf(index, largest, value));
    }
    ModelSnapshot snapshot = predictor.snapshot();
    return new UnavailableException(
        "Model %s, version %d, computes no finite probability for candidate %d."
            .formatted(snapshot.model(), snapshot.version(), index));
  }

  private static double magnitude(@Nullable Number number) {
    return number == null ? 0 : Math.abs(number.doubleValue());
  }
}
