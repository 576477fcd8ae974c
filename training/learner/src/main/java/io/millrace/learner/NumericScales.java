package io.millrace.learner;

import io.millrace.feature.EncodedBatch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * A running scale of each numeric feature, by which a stream's model takes its numbers: the root of
 * the mean square of those that are not zero, each counted as at most {@link NumericScaling#bound}
 * times the scale before it. So one number, however large, moves a scale by a bounded part, and a
 * feature of millions is known after some forty numbers. It begins as if one number of magnitude 1
 * had been seen.
 *
 * <p>Sources: dividing by a feature's scale is what makes the updates of Ross, Mineiro and
 * Langford, "Normalized online learning", UAI 2013, independent of units, who take the largest
 * number ever seen: one outlier then makes the feature small for ever. A mean square of clipped
 * numbers is Huber's proposal 2 ("Robust statistics", 1981, section 6.4), with a running mean.
 *
 * <p>State: a mean square and a count for each numeric feature. Not thread-safe.
 */
final class NumericScales {
  /** Name of the published tensor: the scale of each field [F], 1 of what is no number. */
  static final String TENSOR = "numeric-scales";

  private final NumericScaling scaling;
  private final NumericFields fields;
  private final int count;
  private final double[] meanSquares;
  private final int[] counts;
  private final float[] scales;

  NumericScales(NumericScaling scaling, NumericFields fields) {
    this.scaling = scaling;
    this.fields = fields;
    this.count = scaling.scales() ? fields.size() : 0;
    this.meanSquares = new double[count];
    this.counts = new int[count];
    this.scales = new float[count];
    Arrays.fill(meanSquares, 1);
    Arrays.fill(counts, 1);
    Arrays.fill(scales, 1);
  }

  /** Whether there is a number to scale. */
  boolean isEmpty() {
    return count == 0;
  }

  /** Lets a step's looked up numbers count as the model takes them. */
  void weigh(EncodedBatch batch, FieldVectors vectors) {
    for (int i = 0; i < count; i++) {
      for (int b = 0, size = batch.size(); b < size; b++) {
        int at = fields.token(batch, b, i);
        if (at >= 0) {
          float number = batch.weight(at);
          float scaled = scaling.scaled(number, scales[i]);
          if (scaled != number) {
            vectors.weigh(b * fields.fields() + fields.field(i), scaled);
          }
        }
      }
    }
  }

  /** Moves the scales towards a step's numbers, in their order. */
  void add(EncodedBatch batch) {
    for (int i = 0; i < count; i++) {
      for (int b = 0, size = batch.size(); b < size; b++) {
        int at = fields.token(batch, b, i);
        double number = at < 0 ? 0 : batch.weight(at);
        if (number != 0) {
          double most = scaling.bound() * scaling.bound() * Math.max(1, meanSquares[i]);
          double square = Math.min(number * number, most);
          counts[i] = Math.min(counts[i] + 1, scaling.memory());
          meanSquares[i] += (square - meanSquares[i]) / counts[i];
        }
      }
      scales[i] = (float) Math.sqrt(meanSquares[i]);
    }
  }

  /** The scale of each field [F], a copy. */
  float[] byField() {
    float[] all = new float[fields.fields()];
    Arrays.fill(all, 1);
    for (int i = 0; i < count; i++) {
      all[fields.field(i)] = scales[i];
    }
    return all;
  }

  /**
   * Those of a model that has taken in further fields; new ones begin afresh.
   *
   * @param positions [F] of each field its number among the next ones
   */
  NumericScales grown(NumericFields next, int[] positions) {
    NumericScales grown = new NumericScales(scaling, next);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < grown.count; j++) {
        if (next.field(j) == positions[fields.field(i)]) {
          grown.meanSquares[j] = meanSquares[i];
          grown.counts[j] = counts[i];
          grown.scales[j] = scales[i];
        }
      }
    }
    return grown;
  }

  /** Int number of numeric features, of each the mean square as double and the count as int. */
  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(count);
      for (int i = 0; i < count; i++) {
        out.writeDouble(meanSquares[i]);
        out.writeInt(counts[i]);
      }
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Takes over {@link #toBytes}.
   *
   * @throws IllegalArgumentException if it is of another number of features; nothing has changed
   *     then
   */
  void restore(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int stored = in.readInt();
      if (stored != count || in.available() != count * (Double.BYTES + Integer.BYTES)) {
        throw new IllegalArgumentException(
            "dense state: scales of %d features in %d bytes, expected %d features"
                .formatted(stored, bytes.length, count));
      }
      for (int i = 0; i < count; i++) {
        meanSquares[i] = in.readDouble();
        counts[i] = in.readInt();
        scales[i] = (float) Math.sqrt(meanSquares[i]);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("dense state: scales are cut short", e);
    }
  }
}
