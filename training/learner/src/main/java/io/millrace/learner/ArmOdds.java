package io.millrace.learner;

import io.millrace.bits.SplitMix64;
import io.millrace.feature.EncodedBatch;
import io.millrace.model.Sigmoid;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * How much more often than others an example is of one arm of an experiment, by what it holds: the
 * importance with which that arm's model learns from the examples of all arms, so that the pooled
 * data is as its own arm's (Si, arXiv 2310.17496: {@code W = E[Z | X] / p}, Z being 1 in the arm, p
 * the arm's share). Where the arms show the same, every example counts once.
 *
 * <p>{@code E[Z | X]} is a logistic regression over the example's encoded features and their pairs
 * (of the first 64 tokens; 2<sup>15</sup> weights, hashed), learned from each example after it was
 * weighed (Adagrad, at a rate of 2 over how many there are); p is the mean of its predictions over
 * about the last thousand examples, so that importance is 1 on average. Not thread-safe.
 */
public final class ArmOdds {
  /** No example counts more often. */
  public static final float LARGEST = 10;

  private static final int BITS = 15;
  private static final int MOST_TOKENS = 64;
  private static final float FIRST_MOVE = 2; // of the logit, by the first example
  private static final int MEMORY = 1000; // examples that the share is a mean of
  private static final byte FORMAT = 1;

  private final float[] weights = new float[1 << BITS];
  private final float[] squares = new float[1 << BITS];
  private float bias;
  private double share;
  private long examples;
  private int size; // of what was looked up last
  private int[] places = new int[64];
  private float[] values = new float[64];

  /**
   * How often an example counts, 0 to {@link #LARGEST}; then learns whether it is of the arm.
   *
   * @param b number of the example in the batch
   * @param mine whether it was shown in the arm
   */
  public float weigh(EncodedBatch batch, int b, boolean mine) {
    double p = probability(batch, b);
    examples++;
    share += (p - share) / Math.min(examples, MEMORY);
    float importance = (float) Math.min(LARGEST, p / share);
    learn(mine ? p - 1 : p);
    return importance;
  }

  /** How often an example counts, 0 to {@link #LARGEST}; learns nothing. */
  public float importance(EncodedBatch batch, int b) {
    return examples == 0 ? 1 : (float) Math.min(LARGEST, probability(batch, b) / share);
  }

  private double probability(EncodedBatch batch, int b) {
    look(batch, b);
    double logit = bias;
    for (int i = 0; i < size; i++) {
      logit += weights[places[i]] * values[i];
    }
    return Sigmoid.of(logit);
  }

  /** From what was looked up last. */
  private void learn(double gradient) {
    float rate = FIRST_MOVE / Math.max(1, size);
    bias -= (float) (gradient / Math.sqrt(examples));
    for (int i = 0; i < size; i++) {
      int at = places[i];
      float g = (float) gradient * values[i];
      squares[at] += g * g;
      weights[at] -= rate * g / (float) Math.sqrt(squares[at] + 1e-8f);
    }
  }

  /** The tokens of an example, and each pair of them. */
  private void look(EncodedBatch batch, int b) {
    int from = batch.start(b, 0);
    int end = Math.min(batch.end(b, batch.fields() - 1), from + MOST_TOKENS);
    size = 0;
    for (int t = from; t < end; t++) {
      float value = bounded(batch.weight(t));
      add(batch.token(t), value);
      for (int u = from; u < t; u++) {
        long pair = SplitMix64.mix(batch.token(u)) + batch.token(t);
        add(pair, value * bounded(batch.weight(u)));
      }
    }
  }

  private void add(long token, float value) {
    if (size == places.length) {
      places = Arrays.copyOf(places, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    places[size] = (int) (SplitMix64.mix(token) >>> (Long.SIZE - BITS));
    values[size++] = value;
  }

  /** Numbers may be of any scale; 1, the weight of a category, stays. */
  private static float bounded(float weight) {
    return 2 * weight / (1 + Math.abs(weight));
  }

  /** Stored form: byte 1; floats bias, weights, sums of squares; double share; long examples. */
  public void write(DataOutputStream out) throws IOException {
    out.writeByte(FORMAT);
    out.writeFloat(bias);
    Floats.write(weights, out);
    Floats.write(squares, out);
    out.writeDouble(share);
    out.writeLong(examples);
  }

  /**
   * Reads {@link #write}'s form.
   *
   * @throws IOException if the bytes are no such form
   */
  public static ArmOdds read(DataInputStream in) throws IOException {
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("odds of an arm: format " + format + ", expected " + FORMAT);
    }
    ArmOdds odds = new ArmOdds();
    odds.bias = in.readFloat();
    Floats.read(in, odds.weights);
    Floats.read(in, odds.squares);
    odds.share = in.readDouble();
    odds.examples = in.readLong();
    return odds;
  }
}
