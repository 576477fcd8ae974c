package io.millrace.ranking;

import io.millrace.calibration.CalibrationMap;
import io.millrace.explanation.PredictionExplainer;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.NumericScaler;
import io.millrace.model.Sigmoid;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.parameters.ModelSnapshot;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * One version of a model, ready to score: features ▶ encode ▶ scale ▶ gather ▶ forward ▶ calibrate
 * ▶ sigmoid. Immutable and shared by all threads; each brings its own {@link Scratch}.
 *
 * @param compiled the model's definition
 * @param snapshot the version
 * @param weights the version's dense tensors in the model's order
 * @param calibration the version's; the identity where the model's config has none
 * @param scaler of numbers, the version's; null where the model takes them as they are
 */
public record Predictor(
    CompiledModel compiled,
    ModelSnapshot snapshot,
    Tensors weights,
    CalibrationMap calibration,
    @Nullable NumericScaler scaler) {

  static Predictor of(CompiledModel compiled, ModelSnapshot snapshot) {
    List<TensorSpec> specs = compiled.model().tensors();
    float[][] values = new float[specs.size()][];
    for (int t = 0; t < values.length; t++) {
      TensorSpec spec = specs.get(t);
      float[] value = snapshot.tensors().get(spec.name());
      if (value == null || value.length != spec.size()) {
        throw new IllegalStateException(
            "tensor %s of model %s, version %d: %s, expected %d values"
                .formatted(
                    spec.name(),
                    snapshot.model(),
                    snapshot.version(),
                    value == null ? "missing" : value.length + " values",
                    spec.size()));
      }
      values[t] = value;
    }
    return new Predictor(
        compiled,
        snapshot,
        new Tensors(specs, values, true),
        calibration(compiled, snapshot),
        scaler(compiled, snapshot));
  }

  private static @Nullable NumericScaler scaler(CompiledModel compiled, ModelSnapshot snapshot) {
    return compiled.scalesNumbers()
        ? compiled.numericScaler(required(Learner.NUMERIC_SCALES, snapshot))
        : null;
  }

  private static CalibrationMap calibration(CompiledModel compiled, ModelSnapshot snapshot) {
    if (!compiled.config().calibration().fits()) {
      return CalibrationMap.IDENTITY;
    }
    return CalibrationMap.through(required(CalibrationMap.TENSOR, snapshot));
  }

  private static float[] required(String tensor, ModelSnapshot snapshot) {
    float[] values = snapshot.tensors().get(tensor);
    if (values == null) {
      throw new IllegalStateException(
          "tensor %s of model %s, version %d: missing, expected what the model's config asks for"
              .formatted(tensor, snapshot.model(), snapshot.version()));
    }
    return values;
  }

  /**
   * Scores records.
   *
   * @param records [n]
   * @param probabilities [n], written; NaN where the model computes no finite logit
   * @param encodingHashes [n], written: EncodedBatch.hash of each record
   * @param deadline asked before each chunk
   * @return nanoseconds that the forward pass took
   * @throws UnusableRecordException naming the first record whose features cannot be encoded
   */
  long score(
      List<GenericRecord> records,
      Scratch scratch,
      float[] probabilities,
      long[] encodingHashes,
      Deadline deadline) {
    EncodedBatch batch = scratch.batch();
    long forward = 0;
    for (int from = 0; from < records.size(); from += Scratch.CHUNK) {
      deadline.check();
      int size = Math.min(Scratch.CHUNK, records.size() - from);
      batch.clear();
      for (int i = from; i < from + size; i++) {
        encode(records.get(i), i, batch);
        encodingHashes[i] = batch.hash(i - from);
      }
      if (scaler != null) {
        scaler.apply(batch);
      }
      scratch.vectors().gather(batch, snapshot.table(), weights, scratch.x());
      long start = System.nanoTime();
      scratch
          .workspace()
          .infer(weights, scratch.x(), batch.missing(), batch.shared(), size, scratch.logits());
      forward += System.nanoTime() - start;
      for (int i = 0; i < size; i++) {
        float logit = scratch.logits()[i];
        probabilities[from + i] =
            Float.isFinite(logit) ? (float) Sigmoid.of(calibration.apply(logit)) : Float.NaN;
      }
    }
    return forward;
  }

  /** Milliseconds since the version was published. */
  public long ageMillis(long nowMillis) {
    return Math.max(0, nowMillis - snapshot.manifest().getPublishedTime().toEpochMilli());
  }

  /** Explains this version's predictions, for one thread. */
  PredictionExplainer explainer() {
    return new PredictionExplainer(compiled, snapshot.table(), weights, scaler);
  }

  private void encode(GenericRecord record, int index, EncodedBatch batch) {
    try {
      compiled.encoder().encode(record, batch);
    } catch (InvalidFeatureException e) {
      throw new UnusableRecordException(index, e);
    }
  }
}
