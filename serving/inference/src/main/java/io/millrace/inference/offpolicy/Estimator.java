package io.millrace.inference.offpolicy;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * An estimate of the mean reward of the target policy. In the notation of the package, with means
 * over rounds:
 *
 * <ul>
 *   <li>{@link DirectMethod}: q(π)
 *   <li>{@link InversePropensity} (IPS): w r (Horvitz and Thompson, JASA 47, 1952)
 *   <li>{@link SelfNormalized} (SNIPS): mean of w r by mean of w (Swaminathan and Joachims, NIPS
 *       2015)
 *   <li>{@link DoublyRobust} (DR): q(π) + w (r − q(a)) (Dudík, Erhan, Langford and Li, Statistical
 *       Science 29(4), 2014, section 3)
 *   <li>{@link SelfNormalizedDoublyRobust} (SNDR): mean of q(π) + mean of w (r − q(a)) by mean of w
 *       (Thomas and Brunskill, ICML 2016, weighted doubly robust with one step)
 *   <li>{@link SwitchDoublyRobust}: DR whose weights above τ are 0 (Wang, Agarwal and Dudík, ICML
 *       2017)
 *   <li>{@link ShrunkDoublyRobust} (DRos): DR with weights λ w/(w² + λ) (Su, Dimakopoulou,
 *       Krishnamurthy and Dudík, ICML 2020, optimistic shrinkage)
 *   <li>{@link MoreRobustDoublyRobust} (MRDR): DR with the reward model that makes its variance
 *       least (Farajtabar, Chow and Ghavamzadeh, ICML 2018)
 * </ul>
 */
public sealed interface Estimator {
  /** What each round brings. */
  Terms terms(LoggedRounds log);

  /** How it is called in reports. */
  String name();

  /** Whether it uses the reward model. */
  default boolean needsModel() {
    return true;
  }

  /**
   * The estimate; NaN for a self-normalised one where all weights are 0.
   *
   * @throws IllegalArgumentException where a reward model is needed and there is none
   */
  default double estimate(LoggedRounds log) {
    return checkedTerms(log).value();
  }

  /** The terms, where the log has what they need. */
  default Terms checkedTerms(LoggedRounds log) {
    if (needsModel() && !log.hasModel()) {
      throw new IllegalArgumentException(
          name() + " needs the predictions of a reward model, and the log has none");
    }
    return terms(log);
  }

  /** The mean of the model's predictions. */
  record DirectMethod() implements Estimator {
    @Override
    public Terms terms(LoggedRounds log) {
      return new Terms(log.predictedOfTarget(), ones(log));
    }

    @Override
    public String name() {
      return "DM";
    }
  }

  /** Weighted rewards. */
  record InversePropensity() implements Estimator {
    @Override
    public Terms terms(LoggedRounds log) {
      double[] terms = new double[log.rounds()];
      Arrays.setAll(terms, t -> log.weight(t) * log.reward()[t]);
      return new Terms(terms, ones(log));
    }

    @Override
    public String name() {
      return "IPS";
    }

    @Override
    public boolean needsModel() {
      return false;
    }
  }

  /** Weighted rewards by the weights. */
  record SelfNormalized() implements Estimator {
    @Override
    public Terms terms(LoggedRounds log) {
      return new Terms(new InversePropensity().terms(log).numerator(), weights(log));
    }

    @Override
    public String name() {
      return "SNIPS";
    }

    @Override
    public boolean needsModel() {
      return false;
    }
  }

  /** The model's predictions, corrected by weighted residuals. */
  record DoublyRobust() implements Estimator {
    @Override
    public Terms terms(LoggedRounds log) {
      return corrected(log, w -> w);
    }

    @Override
    public String name() {
      return "DR";
    }
  }

  /** The same with residuals by the weights. */
  record SelfNormalizedDoublyRobust() implements Estimator {
    @Override
    public Terms terms(LoggedRounds log) {
      // mean(q(π)) enters the numerator times w / mean(w), which has mean 1.
      double[] weights = weights(log);
      double direct = Arrays.stream(log.predictedOfTarget()).average().orElse(Double.NaN);
      double[] terms = new double[log.rounds()];
      Arrays.setAll(terms, t -> weights[t] * (direct + log.reward()[t] - log.predicted()[t]));
      return new Terms(terms, weights);
    }

    @Override
    public String name() {
      return "SNDR";
    }
  }

  /**
   * Corrected where the weight is small enough.
   *
   * @param threshold τ, 0 or more
   */
  record SwitchDoublyRobust(double threshold) implements Estimator {
    public SwitchDoublyRobust {
      checkParameter("threshold of Switch-DR", threshold);
    }

    @Override
    public Terms terms(LoggedRounds log) {
      return corrected(log, this::weight);
    }

    double weight(double w) {
      return w <= threshold ? w : 0;
    }

    @Override
    public String name() {
      return "Switch-DR";
    }
  }

  /**
   * Corrected with weights that are drawn to 0 the more the larger they are.
   *
   * @param shrinkage λ, 0 or more
   */
  record ShrunkDoublyRobust(double shrinkage) implements Estimator {
    public ShrunkDoublyRobust {
      checkParameter("shrinkage of DRos", shrinkage);
    }

    @Override
    public Terms terms(LoggedRounds log) {
      return corrected(log, this::weight);
    }

    double weight(double w) {
      if (shrinkage == Double.POSITIVE_INFINITY) {
        return w;
      }
      return shrinkage == 0 ? 0 : shrinkage * w / (w * w + shrinkage);
    }

    @Override
    public String name() {
      return "DRos";
    }
  }

  /**
   * DR whose model a + b q is fitted to the log with the weights {@link #trainingWeight}: the best
   * in variance of those that are linear in the given one. Whoever trains a model with these
   * weights gives its predictions to {@link DoublyRobust}.
   */
  record MoreRobustDoublyRobust() implements Estimator {
    /**
     * π (1 − p) / p²: how much a squared residual adds to the variance of DR (Farajtabar et al.
     * 2018, where π is 0 or 1).
     */
    public static double trainingWeight(double target, double propensity) {
      return target * (1 - propensity) / (propensity * propensity);
    }

    @Override
    public Terms terms(LoggedRounds log) {
      double sum = 0;
      double meanX = 0;
      double meanY = 0;
      for (int t = 0; t < log.rounds(); t++) {
        double weight = trainingWeight(log.target()[t], log.propensity()[t]);
        sum += weight;
        meanX += weight * log.predicted()[t];
        meanY += weight * log.reward()[t];
      }
      // A log of certain decisions has no weights, and nothing to correct.
      if (sum == 0) {
        return new DoublyRobust().terms(log);
      }
      meanX /= sum;
      meanY /= sum;
      double xx = 0;
      double xy = 0;
      for (int t = 0; t < log.rounds(); t++) {
        double weight = trainingWeight(log.target()[t], log.propensity()[t]);
        double x = log.predicted()[t] - meanX;
        xx += weight * x * x;
        xy += weight * x * (log.reward()[t] - meanY);
      }
      double slope = xx > 0 ? xy / xx : 0;
      double start = meanY - slope * meanX;
      DoubleUnaryOperator refit = q -> start + slope * q;
      return new DoublyRobust()
          .terms(
              new LoggedRounds(
                  log.reward(),
                  log.propensity(),
                  log.target(),
                  Arrays.stream(log.predicted()).map(refit).toArray(),
                  Arrays.stream(log.predictedOfTarget()).map(refit).toArray()));
    }

    @Override
    public String name() {
      return "MRDR";
    }
  }

  private static Terms corrected(LoggedRounds log, DoubleUnaryOperator weight) {
    double[] terms = new double[log.rounds()];
    Arrays.setAll(
        terms,
        t -> {
          double w = weight.applyAsDouble(log.weight(t));
          double correction = w == 0 ? 0 : w * (log.reward()[t] - log.predicted()[t]);
          return log.predictedOfTarget()[t] + correction;
        });
    return new Terms(terms, ones(log));
  }

  private static double[] ones(LoggedRounds log) {
    double[] ones = new double[log.rounds()];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double[] weights(LoggedRounds log) {
    double[] weights = new double[log.rounds()];
    Arrays.setAll(weights, log::weight);
    return weights;
  }

  private static void checkParameter(String name, double value) {
    if (!(value >= 0)) {
      throw new IllegalArgumentException("the %s is 0 or more, but is %s".formatted(name, value));
    }
  }
}
