package io.millrace.calibration;

import io.millrace.model.Sigmoid;
import java.util.Arrays;

/**
 * Isotonic regression of the label on the logit (Zadrozny and Elkan, KDD 2002), made strict: sorted
 * examples are cut into at most 25 groups that hold at least 25 of each class, so that a rate has a
 * logit and little noise; groups whose rates fall are pooled; each pool is a knot at the logit of
 * its mean prediction, with lines of the logits between them and of slope 1 beyond.
 */
final class IsotonicFit {
  private static final int MIN_EXAMPLES = 100;
  private static final int MAX_GROUPS = 25;

  /** A mean prediction this near to 0 or 1 is taken for that: it must have a logit. */
  private static final double SURE = 1e-9;

  private static final int MIN_OF_A_CLASS = 25;

  private IsotonicFit() {}

  /** Fits; the identity if there is no whole group. */
  static CalibrationMap fit(LabeledLogits examples) {
    int n = examples.size();
    long[] sorted = new long[n];
    for (int i = 0; i < n; i++) {
      sorted[i] = (long) ordered(examples.logit(i)) << 1 | examples.label(i);
    }
    Arrays.sort(sorted);
    int least = Math.max(MIN_EXAMPLES, (n + MAX_GROUPS - 1) / MAX_GROUPS);
    double[] sizes = new double[n / least + 1];
    double[] predictions = new double[sizes.length]; // sums
    double[] positives = new double[sizes.length];
    int groups = 0;
    for (long example : sorted) {
      int label = (int) (example & 1);
      sizes[groups]++;
      predictions[groups] += Sigmoid.of(unordered((int) (example >> 1)));
      positives[groups] += label;
      if (sizes[groups] >= least
          && Math.min(positives[groups], sizes[groups] - positives[groups]) >= MIN_OF_A_CLASS) {
        groups++;
      }
    }
    if (groups == 0) {
      return CalibrationMap.IDENTITY;
    }
    if (groups < sizes.length && sizes[groups] > 0) { // what is left over joins the last group
      sizes[groups - 1] += sizes[groups];
      predictions[groups - 1] += predictions[groups];
      positives[groups - 1] += positives[groups];
    }
    double[] rates = new double[groups];
    for (int g = 0; g < groups; g++) {
      rates[g] = positives[g] / sizes[g];
    }
    return through(pool(rates, sizes), sizes, predictions);
  }

  /** An int that sorts as the float does. */
  private static int ordered(float value) {
    int bits = Float.floatToIntBits(value);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }

  private static float unordered(int ordered) {
    return Float.intBitsToFloat(ordered ^ (ordered >> 31 & Integer.MAX_VALUE));
  }

  /**
   * The non-falling values nearest to the given ones in weighted squares, by pooling adjacent
   * violators: neighbours that fall or are equal become their mean.
   *
   * @param weights at least as many as values
   */
  static double[] pool(double[] values, double[] weights) {
    int n = values.length;
    double[] mean = new double[n];
    double[] weight = new double[n];
    int[] end = new int[n];
    int pools = 0;
    for (int i = 0; i < n; i++) {
      mean[pools] = values[i];
      weight[pools] = weights[i];
      end[pools] = i + 1;
      while (pools > 0 && mean[pools - 1] >= mean[pools]) {
        double sum = weight[pools - 1] + weight[pools];
        mean[pools - 1] += (mean[pools] - mean[pools - 1]) * weight[pools] / sum;
        weight[pools - 1] = sum;
        end[pools - 1] = end[pools];
        pools--;
      }
      pools++;
    }
    double[] fitted = new double[n];
    for (int p = 0, i = 0; p < pools; p++) {
      Arrays.fill(fitted, i, end[p], mean[p]);
      i = end[p];
    }
    return fitted;
  }

  private static CalibrationMap through(double[] rates, double[] sizes, double[] predictions) {
    float[] knots = new float[2 * rates.length + 4];
    int at = 2; // before the first one comes its continuation
    for (int g = 0; g < rates.length; ) {
      double size = 0;
      double sum = 0;
      double rate = rates[g];
      for (; g < rates.length && rates[g] == rate; g++) {
        size += sizes[g];
        sum += predictions[g];
      }
      float x = (float) Sigmoid.inverse(Math.min(Math.max(sum / size, SURE), 1 - SURE));
      float y = (float) Sigmoid.inverse(rate);
      if (at == 2 || (x > knots[at - 2] && y > knots[at - 1])) {
        knots[at] = x;
        knots[at + 1] = y;
        at += 2;
      }
    }
    knots[0] = knots[2] - 1;
    knots[1] = knots[3] - 1;
    knots[at] = knots[at - 2] + 1;
    knots[at + 1] = knots[at - 1] + 1;
    return CalibrationMap.through(Arrays.copyOf(knots, at + 2));
  }
}
