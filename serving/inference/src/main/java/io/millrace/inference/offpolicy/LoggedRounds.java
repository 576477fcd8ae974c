package io.millrace.inference.offpolicy;

import java.util.Arrays;

/**
 * A log of decisions beside a target policy; arrays of one entry a round, which are not copied.
 *
 * @param reward r, what came of the action
 * @param propensity p, the probability with which the logging policy took the action, above 0
 * @param target π, the probability with which the target policy takes this action, 0 to 1
 * @param predicted q(a), the reward model's prediction for the action; empty without a model
 * @param predictedOfTarget q(π), its mean over the target's actions; empty without a model
 * @throws IllegalArgumentException for lengths that differ and values that cannot be
 */
public record LoggedRounds(
    double[] reward,
    double[] propensity,
    double[] target,
    double[] predicted,
    double[] predictedOfTarget) {
  public LoggedRounds {
    int rounds = reward.length;
    boolean model = predicted.length > 0 || predictedOfTarget.length > 0;
    if (rounds == 0
        || propensity.length != rounds
        || target.length != rounds
        || (model && (predicted.length != rounds || predictedOfTarget.length != rounds))) {
      throw new IllegalArgumentException(
          "a log has as many rewards, propensities, probabilities and predictions, 1 or more, not %d, %d, %d, %d and %d"
              .formatted(
                  rounds,
                  propensity.length,
                  target.length,
                  predicted.length,
                  predictedOfTarget.length));
    }
    for (int t = 0; t < rounds; t++) {
      check(t, "reward", reward[t], Double.isFinite(reward[t]), "a number");
      check(
          t,
          "propensity",
          propensity[t],
          propensity[t] > 0 && propensity[t] <= 1,
          "above 0, at most 1");
      check(t, "probability of the target", target[t], target[t] >= 0 && target[t] <= 1, "0 to 1");
      if (model) {
        check(t, "prediction", predicted[t], Double.isFinite(predicted[t]), "a number");
        check(
            t,
            "prediction of the target",
            predictedOfTarget[t],
            Double.isFinite(predictedOfTarget[t]),
            "a number");
      }
    }
  }

  /** Without a reward model. */
  public LoggedRounds(double[] reward, double[] propensity, double[] target) {
    this(reward, propensity, target, new double[0], new double[0]);
  }

  private static void check(int round, String name, double value, boolean sound, String expected) {
    if (!sound) {
      throw new IllegalArgumentException(
          "round %d has the %s %s, but it must be %s".formatted(round, name, value, expected));
    }
  }

  /** T, how many there are. */
  public int rounds() {
    return reward.length;
  }

  /** Whether there is a reward model. */
  public boolean hasModel() {
    return predicted.length > 0;
  }

  /** w = π / p. */
  public double weight(int round) {
    return target[round] / propensity[round];
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof LoggedRounds other
        && Arrays.equals(reward, other.reward)
        && Arrays.equals(propensity, other.propensity)
        && Arrays.equals(target, other.target)
        && Arrays.equals(predicted, other.predicted)
        && Arrays.equals(predictedOfTarget, other.predictedOfTarget);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(reward);
  }

  @Override
  public String toString() {
    return "LoggedRounds[%d rounds, %s a model]"
        .formatted(rounds(), hasModel() ? "with" : "without");
  }
}
