package io.millrace.trainer;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.model.Tensors;
import io.millrace.trained.Weights;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Exponential moving average of a model's weights, running statistics included (Polyak and
 * Juditsky, 1992, with a decay): after step t it is d·average + (1 − d)·weights with d = min(decay,
 * (1 + t)/(10 + t)), so that the random start is soon forgotten. It lies nearer to the middle of
 * the region that mini-batches wander about in, as smaller steps would end, and costs no gradient.
 *
 * <p>Not thread-safe.
 */
final class WeightAverage {
  private final double decay;
  private final Weights average;
  private final float[] row;
  private long steps;

  /**
   * @param decay in (0, 1)
   * @param start copied from the model; owned from here on
   */
  WeightAverage(double decay, Weights start, int rowWidth) {
    this.decay = decay;
    this.average = start;
    this.row = new float[rowWidth];
  }

  /** Takes in the weights after a step. */
  void add(EmbeddingTable table, Tensors tensors) {
    float share = (float) (1 - Math.min(decay, (1.0 + steps) / (10.0 + steps)));
    steps++;
    float[] values = average.values();
    int width = row.length;
    for (int i = 0; i < average.rows().length; i++) {
      Arrays.fill(row, 0);
      table.addRow(average.rows()[i], 1, row, 0);
      blend(values, i * width, row, share);
    }
    for (int t = 0; t < tensors.values().length; t++) {
      blend(average.tensors().values()[t], 0, tensors.values()[t], share);
    }
  }

  private static void blend(float[] into, int at, float[] from, float share) {
    for (int j = 0; j < from.length; j++) {
      into[at + j] += share * (from[j] - into[at + j]);
    }
  }

  /** Goes on from other weights of the same rows. */
  void set(Weights other) {
    System.arraycopy(other.values(), 0, average.values(), 0, average.values().length);
    other.copyTensorsTo(average.tensors());
  }

  /** The average, live. */
  Weights weights() {
    return average;
  }

  /** Writes the steps as long, then the average. */
  void write(DataOutputStream out) throws IOException {
    out.writeLong(steps);
    average.write(out);
  }

  /** Goes on from what {@link #write} wrote. */
  void read(DataInputStream in) throws IOException {
    steps = in.readLong();
    Weights stored = Weights.read(in, row.length, average.tensors().specs());
    System.arraycopy(stored.values(), 0, average.values(), 0, average.values().length);
    stored.copyTensorsTo(average.tensors());
  }
}
