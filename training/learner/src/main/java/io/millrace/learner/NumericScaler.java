package io.millrace.learner;

import io.millrace.feature.EncodedBatch;

/**
 * Scales numbers as a learner did at some version, for who predicts by it. Immutable and safe to
 * share.
 */
public final class NumericScaler {
  private final NumericScaling scaling;
  private final NumericFields fields;
  private final float[] scales; // [F]

  /**
   * @param scales of each field [F], the published {@link Learner#NUMERIC_SCALES}
   */
  NumericScaler(NumericScaling scaling, NumericFields fields, float[] scales) {
    if (scales.length != fields.fields()) {
      throw new IllegalArgumentException(
          "%s: %d values, expected one of each of %d fields"
              .formatted(NumericScales.TENSOR, scales.length, fields.fields()));
    }
    this.scaling = scaling;
    this.fields = fields;
    this.scales = scales;
  }

  /** Lets the numbers of all examples count as the model takes them; to be called once. */
  public void apply(EncodedBatch batch) {
    for (int i = 0; i < fields.size(); i++) {
      for (int b = 0, size = batch.size(); b < size; b++) {
        int at = fields.token(batch, b, i);
        if (at >= 0) {
          batch.weigh(at, scaling.scaled(batch.weight(at), scales[fields.field(i)]));
        }
      }
    }
  }
}
