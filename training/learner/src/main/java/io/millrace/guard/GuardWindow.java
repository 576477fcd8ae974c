package io.millrace.guard;

import io.millrace.model.Label;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Sums over successive examples, of what was predicted before each was learned.
 *
 * <p>Stored form, big endian: longs examples, unlearnable; doubles positives, predicted, variance,
 * loss.
 */
final class GuardWindow {
  private static final double SMALLEST = 1e-7;

  private long examples;
  private long unlearnable;
  private double positives;
  private double predicted;
  private double variance;
  private double loss;

  /**
   * Adds an example.
   *
   * @param label of {@link Label}; a correction moves the label of an example that was added before
   */
  void add(double probability, byte label) {
    double p = Math.min(1 - SMALLEST, Math.max(SMALLEST, probability));
    int value = Label.value(label);
    if (Label.corrects(label)) {
      positives += 2 * value - 1;
      loss -= (2 * value - 1) * Math.log(p / (1 - p));
      return;
    }
    examples++;
    positives += value;
    predicted += p;
    variance += p * (1 - p);
    loss -= value == 1 ? Math.log(p) : Math.log1p(-p);
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
  }

  long size() {
    return examples + unlearnable;
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

  /** How many positives or negatives, whichever are fewer, it holds or was expected to. */
  double telling() {
    double yes = Math.max(0, positives);
    return Math.max(variance, Math.min(yes, examples - yes));
  }

  /** Share of positives, within what a logarithm takes. */
  double rate() {
    return (Math.min(examples, Math.max(0, positives)) + 0.5) / (examples + 1);
  }

  /** ln of the odds of a positive. */
  double logOdds() {
    return Math.log(rate() / (1 - rate()));
  }

  /** ln of positives by predicted ones; 0 is right. */
  double calibration() {
    return Math.log((Math.max(0, positives) + 5) / (predicted + 5));
  }

  /** Log loss by that of the best constant prediction of the same examples. */
  double normalizedEntropy() {
    double constant = -rate() * Math.log(rate()) - (1 - rate()) * Math.log1p(-rate());
    return (Math.max(0, loss) + constant) / ((examples + 1) * constant);
  }

  double unlearnableShare() {
    return size() == 0 ? 0 : (double) unlearnable / size();
  }

  long unlearnable() {
    return unlearnable;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(examples);
    out.writeLong(unlearnable);
    out.writeDouble(positives);
    out.writeDouble(predicted);
    out.writeDouble(variance);
    out.writeDouble(loss);
  }

  static GuardWindow read(DataInputStream in) throws IOException {
    GuardWindow window = new GuardWindow();
    window.examples = in.readLong();
    window.unlearnable = in.readLong();
    window.positives = in.readDouble();
    window.predicted = in.readDouble();
    window.variance = in.readDouble();
    window.loss = in.readDouble();
    return window;
  }
}
