package io.millrace.inference;

/**
 * The metric in both arms and its gradients by the eight means of {@link JointMeans}; formulas in
 * {@link Comparison}.
 */
record Levels(
    double control, double treatment, double[] controlGradient, double[] treatmentGradient) {

  /**
   * @param share control's share of the units
   */
  static Levels of(JointMeans joint, double theta, double share) {
    double[][] gradients = new double[2][JointMeans.SIZE];
    double[] levels = new double[2];
    for (int arm = 0; arm < 2; arm++) {
      levels[arm] = ratio(joint, arm, Part.NUMERATOR, Part.DENOMINATOR, 1, gradients[arm]);
      if (theta != 0) {
        levels[arm] -=
            ratio(joint, arm, Part.COVARIATE, Part.COVARIATE_DENOMINATOR, -theta, gradients[arm])
                * theta;
        levels[arm] += theta * pooled(joint, share, theta, gradients[arm]);
      }
    }
    return new Levels(levels[0], levels[1], gradients[0], gradients[1]);
  }

  /** The ratio of an arm; its gradient, times the factor, is added. */
  private static double ratio(
      JointMeans joint, int arm, Part top, Part bottom, double factor, double[] gradient) {
    double denominator = joint.mean(arm, bottom);
    double ratio = joint.mean(arm, top) / denominator;
    gradient[arm * Part.COUNT + top.ordinal()] += factor / denominator;
    gradient[arm * Part.COUNT + bottom.ordinal()] -= factor * ratio / denominator;
    return ratio;
  }

  /** The covariate's ratio of both arms together. */
  private static double pooled(JointMeans joint, double share, double factor, double[] gradient) {
    double[] weights = {share, 1 - share};
    double denominator = 0;
    double numerator = 0;
    for (int arm = 0; arm < 2; arm++) {
      numerator += weights[arm] * joint.mean(arm, Part.COVARIATE);
      denominator += weights[arm] * joint.mean(arm, Part.COVARIATE_DENOMINATOR);
    }
    double ratio = numerator / denominator;
    for (int arm = 0; arm < 2; arm++) {
      double scale = factor * weights[arm] / denominator;
      gradient[arm * Part.COUNT + Part.COVARIATE.ordinal()] += scale;
      gradient[arm * Part.COUNT + Part.COVARIATE_DENOMINATOR.ordinal()] -= scale * ratio;
    }
    return ratio;
  }

  /** Gradient of a ratio by the parts of a unit, at the means of both arms together. */
  static double[] unitGradient(JointMeans joint, double share, Part top, Part bottom) {
    double denominator = share * joint.mean(0, bottom) + (1 - share) * joint.mean(1, bottom);
    double ratio = (share * joint.mean(0, top) + (1 - share) * joint.mean(1, top)) / denominator;
    double[] gradient = new double[Part.COUNT];
    gradient[top.ordinal()] = 1 / denominator;
    gradient[bottom.ordinal()] = -ratio / denominator;
    return gradient;
  }

  double[] differenceGradient() {
    double[] gradient = new double[JointMeans.SIZE];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = treatmentGradient[i] - controlGradient[i];
    }
    return gradient;
  }

  double[] liftGradient() {
    double[] gradient = differenceGradient();
    double size = Math.abs(control);
    double lift = (treatment - control) / control;
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = (gradient[i] - lift * controlGradient[i]) / size;
    }
    return gradient;
  }
}
