package io.millrace.guard;

import io.millrace.model.Label;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Sums over successive examples, of what was predicted before each was learned. Under predictions
 * that are right, positives have the mean Σp and the variance Σp(1−p), and the log loss has the
 * mean ΣH(p) and the variance Σp(1−p)·logit(p)² (Spiegelhalter 1986, with the logarithmic score).
 *
 * <p>Stored form, big endian: longs examples, unlearnable; doubles positives, predicted, variance,
 * loss, entropy, loss variance.
 */
final class GuardWindow {
  private static final double SMALLEST = 1e-7;

  private long examples;
  private long unlearnable;
  private double positives;
  private double predicted;
  private double variance;
  private double loss;
  private double entropy;
  private double lossVariance;

  /**
   * Adds an example.
   *
   * @param label of {@link Label}; a correction moves the label of an example that was added before
   */
  void add(double probability, byte label) {
    double p = Math.min(1 - SMALLEST, Math.max(SMALLEST, probability));
    double logit = Math.log(p / (1 - p));
    int value = Label.value(label);
    if (Label.corrects(label)) {
      positives += 2 * value - 1;
      loss -= (2 * value - 1) * logit;
      return;
    }
    examples++;
    positives += value;
    predicted += p;
    variance += p * (1 - p);
    loss -= value == 1 ? Math.log(p) : Math.log1p(-p);
    entropy -= p * Math.log(p) + (1 - p) * Math.log1p(-p);
    lossVariance += p * (1 - p) * logit * logit;
  }

  void addUnlearnable() {
    unlearnable++;
  }

  void add(GuardWindow more) {
    examples += more.examples;
    unlearnable += more.unlearnable;
    positives += more.positives;
    predicted += more.predicted;
    variance += more.variance;
    loss += more.loss;
    entropy += more.entropy;
    lossVariance += more.lossVariance;
  }

  /** The sums become smaller by a factor, as if that share of the examples had been seen. */
  void fade(double factor) {
    examples = Math.round(examples * factor);
    unlearnable = Math.round(unlearnable * factor);
    positives *= factor;
    predicted *= factor;
    variance *= factor;
    loss *= factor;
    entropy *= factor;
    lossVariance *= factor;
  }

  long examples() {
    return examples;
  }

  double positives() {
    return positives;
  }

  double predicted() {
    return predicted;
  }

  double variance() {
    return variance;
  }

  /** Share of positives, within what a logarithm takes. */
  double rate() {
    return Math.min(1 - SMALLEST, Math.max(SMALLEST, positives / Math.max(1, examples)));
  }

  /** Positives by predicted ones; 1 is right. */
  double calibration() {
    return (positives + 1) / (predicted + 1);
  }

  /** Log loss by that of a constant prediction of the same examples. */
  double normalizedEntropy(double constant) {
    double yes = Math.min(examples, Math.max(0, positives));
    return loss / Math.max(1, -yes * Math.log(constant) - (examples - yes) * Math.log1p(-constant));
  }

  /** Log loss by what the predictions themselves expect it to be. */
  double lossRatio() {
    return (loss + 1) / (entropy + 1);
  }

  double unlearnableShare() {
    long all = examples + unlearnable;
    return all == 0 ? 0 : (double) unlearnable / all;
  }

  long unlearnable() {
    return unlearnable;
  }

  /** How many standard deviations positives are from a multiple of what was predicted. */
  double calibrationScore(double ratio) {
    return (positives - ratio * predicted) / Math.sqrt(Math.max(1, ratio * variance));
  }

  /** How many standard deviations the log loss is from a multiple of what was expected. */
  double lossScore(double ratio) {
    return (loss - ratio * entropy) / Math.sqrt(Math.max(1, lossVariance));
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(examples);
    out.writeLong(unlearnable);
    out.writeDouble(positives);
    out.writeDouble(predicted);
    out.writeDouble(variance);
    out.writeDouble(loss);
    out.writeDouble(entropy);
    out.writeDouble(lossVariance);
  }

  static GuardWindow read(DataInputStream in) throws IOException {
    GuardWindow window = new GuardWindow();
    window.examples = in.readLong();
    window.unlearnable = in.readLong();
    window.positives = in.readDouble();
    window.predicted = in.readDouble();
    window.variance = in.readDouble();
    window.loss = in.readDouble();
    window.entropy = in.readDouble();
    window.lossVariance = in.readDouble();
    return window;
  }
}
