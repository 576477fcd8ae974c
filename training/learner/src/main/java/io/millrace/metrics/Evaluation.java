package io.millrace.metrics;

import io.millrace.bits.Varint;
import io.millrace.model.BinaryCrossEntropy;
import io.millrace.model.Sigmoid;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A running evaluation of logits against labels in fixed memory: a histogram per class for the AUC
 * and the calibration errors, sums for the rest. A logit z falls into bin {@code floor(8192 * (1 +
 * z / (8 + |z|)))} of 16384: monotone, 1024 bins per unit at 0 and still 333 at a click rate of
 * 0.25 %. Logits in one bin count as ties.
 *
 * <p>Exact up to rounding: logloss, normalized entropy, calibration, Brier. ECE, MCE and KS take an
 * example's prediction to be that of its bin's middle, which is at most 1.3e-4 off, so each is at
 * most that far from the exact one, plus what ties decide: up to the share of the examples that lie
 * in the histogram bins at the borders of the 15 bins of equal mass (ECE; 15 times that share for
 * MCE), or in the fullest one (KS). For 100,000 spread-out logits all three are within 3e-4.
 *
 * <p>Stored form, version 2, big endian: byte 2; sum of losses, sum of predictions and sum of
 * squared errors as doubles; the negatives' histogram, then the positives': a varint count of
 * filled bins, then per bin the varint distance to the previous filled one (the first to -1) and
 * its varint count. Version 1 had no sum of squared errors: it is made up from the histograms, to
 * within 2.6e-4 per example.
 */
public final class Evaluation {
  private static final int HALF = 8192;
  static final int BINS = 2 * HALF;
  private static final byte FORMAT = 2;
  private static final byte WITHOUT_SQUARES = 1;
  private static final double CLIP = 1e-7;
  private static final int EQUAL_MASS_BINS = 15;

  /** Of the middle of each bin. */
  private static final double[] PROBABILITIES = new double[BINS];

  static {
    for (int i = 0; i < BINS; i++) {
      double u = (i + 0.5) / HALF - 1;
      PROBABILITIES[i] = Sigmoid.of(8 * u / (1 - Math.abs(u)));
    }
  }

  private final long[] negatives = new long[BINS];
  private final long[] positives = new long[BINS];
  private long negativeCount;
  private long positiveCount;
  private double lossSum;
  private double predictionSum;
  private double squareSum;

  /**
   * Adds one prediction.
   *
   * @param logit finite
   * @param label 0 or 1
   */
  public void add(double logit, int label) {
    add(logit, Sigmoid.of(logit), label);
  }

  /** As {@link #add(double, int)} for a caller that has the probability already. */
  public void add(double logit, double probability, int label) {
    if (!(Math.abs(logit) < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("logit: " + logit + ", expected a finite value");
    }
    if (label == 1) {
      positives[bin(logit)]++;
      positiveCount++;
    } else if (label == 0) {
      negatives[bin(logit)]++;
      negativeCount++;
    } else {
      throw new IllegalArgumentException("label: " + label + ", expected 0 or 1");
    }
    lossSum += BinaryCrossEntropy.loss(logit, label);
    predictionSum += probability;
    squareSum += (probability - label) * (probability - label);
  }

  /** Adds a prediction known by its probability only, clipped to [1e-7, 1 - 1e-7]. */
  public void addProbability(double probability, int label) {
    double clipped = clipped(probability);
    add(Sigmoid.inverse(clipped), clipped, label);
  }

  /**
   * Takes back what {@link #addProbability} added.
   *
   * @return whether there was one of that bin and label; else nothing has changed
   */
  public boolean removeProbability(double probability, int label) {
    double clipped = clipped(probability);
    double logit = Sigmoid.inverse(clipped);
    long[] counts = label == 1 ? positives : negatives;
    if (counts[bin(logit)] == 0) {
      return false;
    }
    counts[bin(logit)]--;
    positiveCount -= label;
    negativeCount -= 1 - label;
    lossSum -= BinaryCrossEntropy.loss(logit, label);
    predictionSum -= clipped;
    squareSum -= (clipped - label) * (clipped - label);
    return true;
  }

  /** A probability within [1e-7, 1 - 1e-7]. */
  static double clipped(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("probability: " + probability + ", expected 0 to 1");
    }
    return Math.min(Math.max(probability, CLIP), 1 - CLIP);
  }

  /** Adds all that {@code other} has seen. */
  public void merge(Evaluation other) {
    for (int i = 0; i < BINS; i++) {
      negatives[i] += other.negatives[i];
      positives[i] += other.positives[i];
    }
    negativeCount += other.negativeCount;
    positiveCount += other.positiveCount;
    lossSum += other.lossSum;
    predictionSum += other.predictionSum;
    squareSum += other.squareSum;
  }

  /** Forgets everything. */
  public void clear() {
    Arrays.fill(negatives, 0);
    Arrays.fill(positives, 0);
    negativeCount = 0;
    positiveCount = 0;
    lossSum = 0;
    predictionSum = 0;
    squareSum = 0;
  }

  public long examples() {
    return negativeCount + positiveCount;
  }

  public long positives() {
    return positiveCount;
  }

  /** Area under the ROC curve, ties count half; NaN with one class only. */
  public double auc() {
    double wins = 0;
    long negativesBelow = 0;
    for (int i = 0; i < BINS; i++) {
      wins += positives[i] * (negativesBelow + 0.5 * negatives[i]);
      negativesBelow += negatives[i];
    }
    return wins / ((double) positiveCount * negativeCount);
  }

  /** Mean binary cross-entropy in nats. */
  public double logloss() {
    return lossSum / examples();
  }

  /** Logloss over the entropy of the base rate; NaN with one class only. */
  public double normalizedEntropy() {
    double rate = (double) positiveCount / examples();
    double entropy = -(rate * StrictMath.log(rate) + (1 - rate) * StrictMath.log1p(-rate));
    return logloss() / entropy;
  }

  /** Mean prediction over base rate; NaN without positives. */
  public double calibration() {
    return positiveCount == 0 ? Double.NaN : predictionSum / positiveCount;
  }

  /** Mean squared distance of prediction and label. */
  public double brier() {
    return squareSum / examples();
  }

  /** ECE, MCE and KS; NaN without examples. */
  CalibrationErrors calibrationErrors(int equalMassBins) {
    return CalibrationErrors.of(PROBABILITIES, negatives, positives, equalMassBins);
  }

  /** All metrics as they stand. */
  public Metrics metrics() {
    CalibrationErrors errors = calibrationErrors(EQUAL_MASS_BINS);
    return new Metrics(
        examples(),
        positives(),
        auc(),
        logloss(),
        normalizedEntropy(),
        calibration(),
        brier(),
        errors.expected(),
        errors.maximum(),
        errors.kolmogorovSmirnov());
  }

  /** The stored form; see the class doc. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORMAT);
      out.writeDouble(lossSum);
      out.writeDouble(predictionSum);
      out.writeDouble(squareSum);
      writeHistogram(negatives, out);
      writeHistogram(positives, out);
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads {@link #toBytes}'s form.
   *
   * @throws IllegalArgumentException if the bytes are no such form
   */
  public static Evaluation fromBytes(byte[] bytes) {
    Evaluation evaluation = new Evaluation();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      int format = in.get();
      if (format != FORMAT && format != WITHOUT_SQUARES) {
        throw new IllegalArgumentException("evaluation format: " + format + ", expected 1 or 2");
      }
      evaluation.lossSum = in.getDouble();
      evaluation.predictionSum = in.getDouble();
      double squares = format == WITHOUT_SQUARES ? Double.NaN : in.getDouble();
      evaluation.negativeCount = readHistogram(in, evaluation.negatives);
      evaluation.positiveCount = readHistogram(in, evaluation.positives);
      evaluation.squareSum = format == WITHOUT_SQUARES ? evaluation.binnedSquares() : squares;
      if (in.hasRemaining()) {
        throw new IllegalArgumentException(
            "evaluation: " + bytes.length + " bytes, expected fewer");
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException(
          "evaluation: " + bytes.length + " bytes, expected more", e);
    }
    return evaluation;
  }

  private double binnedSquares() {
    double sum = 0;
    for (int i = 0; i < BINS; i++) {
      double p = PROBABILITIES[i];
      sum += negatives[i] * p * p + positives[i] * (1 - p) * (1 - p);
    }
    return sum;
  }

  static int bin(double logit) {
    int bin = (int) Math.floor(HALF * (1 + logit / (8 + Math.abs(logit))));
    return Math.min(bin, BINS - 1);
  }

  private static void writeHistogram(long[] counts, DataOutputStream out) throws IOException {
    int filled = 0;
    for (long count : counts) {
      filled += count == 0 ? 0 : 1;
    }
    writeVarint(filled, out);
    int previous = -1;
    for (int i = 0; i < BINS; i++) {
      if (counts[i] != 0) {
        writeVarint(i - previous, out);
        writeVarint(counts[i], out);
        previous = i;
      }
    }
  }

  private static long readHistogram(ByteBuffer in, long[] counts) {
    long total = 0;
    long filled = readVarint(in);
    long bin = -1;
    for (long i = 0; i < filled; i++) {
      bin += readVarint(in);
      long count = readVarint(in);
      if (bin < 0 || bin >= BINS || count < 1) {
        throw new IllegalArgumentException(
            "evaluation bin %d with count %d, expected bin 0 to %d with count >= 1"
                .formatted(bin, count, BINS - 1));
      }
      counts[(int) bin] += count;
      total += count;
    }
    return total;
  }

  private static void writeVarint(long value, DataOutputStream out) throws IOException {
    byte[] bytes = new byte[Varint.MAX_BYTES];
    out.write(bytes, 0, Varint.write(value, bytes, 0));
  }

  private static long readVarint(ByteBuffer in) {
    int from = in.position();
    int to = Varint.end(in.array(), from, in.limit());
    if (to < 0) {
      if (in.remaining() >= Varint.MAX_BYTES) {
        throw new IllegalArgumentException("evaluation: a varint is longer than 10 bytes");
      }
      throw new BufferUnderflowException();
    }
    in.position(to);
    return Varint.read(in.array(), from, to);
  }
}
