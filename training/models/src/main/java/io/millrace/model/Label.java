package io.millrace.model;

/**
 * What a step is told about an example: its label, or a correction of the label that it was learned
 * with before. The log loss is linear in the label, so the gradient of a correction, {@code y - y'}
 * for a label y that was and a label y' that is, is the difference of the two gradients whatever
 * the model says by now: an example that is learned and corrected has the sum of gradients that it
 * would have had with the right label.
 */
public final class Label {
  /** Not clicked. */
  public static final byte NO = 0;

  /** Clicked. */
  public static final byte YES = 1;

  /** Clicked, of an example that was learned as not clicked. */
  public static final byte YES_AFTER_NO = 2;

  /** Not clicked, of an example that was learned as clicked. */
  public static final byte NO_AFTER_YES = 3;

  private Label() {}

  /** Whether it corrects an earlier one. */
  public static boolean corrects(byte label) {
    return label >= YES_AFTER_NO;
  }

  /** The label that holds from now on: 0 or 1. */
  public static int value(byte label) {
    return label == YES || label == YES_AFTER_NO ? 1 : 0;
  }

  /** Derivative of the log loss, or of its correction, with respect to the logit. */
  public static double gradient(double probability, byte label) {
    return switch (label) {
      case NO, YES -> BinaryCrossEntropy.gradient(probability, label);
      case YES_AFTER_NO -> -1;
      case NO_AFTER_YES -> 1;
      default -> throw new IllegalArgumentException("label: " + label + ", expected 0 to 3");
    };
  }

  /**
   * How likely the label is by a prediction; of a correction, how many times more likely than the
   * label that it corrects.
   *
   * @param least no probability is taken to be smaller
   */
  static double likelihood(double logit, byte label, double least) {
    return switch (label) {
      case NO -> Math.max(Sigmoid.of(-logit), least);
      case YES -> Math.max(Sigmoid.of(logit), least);
      case YES_AFTER_NO -> likelihood(logit, YES, least) / likelihood(logit, NO, least);
      case NO_AFTER_YES -> likelihood(logit, NO, least) / likelihood(logit, YES, least);
      default -> throw new IllegalArgumentException("label: " + label + ", expected 0 to 3");
    };
  }
}
