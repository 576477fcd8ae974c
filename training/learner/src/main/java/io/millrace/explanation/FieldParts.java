package io.millrace.explanation;

import io.millrace.model.Reasons;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a model's inside says of single fields; null where its kind says nothing of that sort.
 *
 * @param linears [F]
 * @param importances [F]
 * @param attentions [F]
 */
@SuppressWarnings("ArrayRecordComponent") // read at once, never compared
record FieldParts(
    float @Nullable [] linears, float @Nullable [] importances, float @Nullable [] attentions) {

  static FieldParts of(Reasons.Detail detail) {
    if (detail instanceof Reasons.Terms terms) {
      return new FieldParts(terms.linear(), null, null);
    }
    if (detail instanceof Reasons.Crosses crosses) {
      return new FieldParts(null, crosses.importance(), null);
    }
    if (detail instanceof Reasons.Attention attention) {
      return new FieldParts(null, null, received(attention.mean()));
    }
    return new FieldParts(null, null, null);
  }

  /** The mean of each column of [F, F], over the rows of fields that have a value. */
  private static float[] received(double[][] mean) {
    float[] received = new float[mean.length];
    double total = Arrays.stream(mean).flatMapToDouble(Arrays::stream).sum();
    for (double[] row : mean) {
      for (int g = 0; g < row.length; g++) {
        received[g] += (float) (row[g] / Math.max(1, total));
      }
    }
    return received;
  }

  @Nullable Float linear(int field) {
    return at(linears, field);
  }

  @Nullable Float importance(int field) {
    return at(importances, field);
  }

  @Nullable Float attention(int field) {
    return at(attentions, field);
  }

  private static @Nullable Float at(float @Nullable [] values, int field) {
    return values == null ? null : values[field];
  }
}
