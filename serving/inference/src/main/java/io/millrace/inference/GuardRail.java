package io.millrace.inference;

/**
 * A metric that a treatment may harm by a margin at most (non-inferiority: FDA, "Non-inferiority
 * clinical trials to establish effectiveness", 2016). Each verdict errs with probability α, with a
 * method that may be looked at any time however often it is asked.
 *
 * @param margin the largest harm that is borne, 0 or more, in the scale of the effect
 * @param higherIsBetter whether a rise of the metric is good
 * @param method of the one-sided intervals
 * @param alpha error probability of each side
 */
public record GuardRail(
    double margin, boolean higherIsBetter, IntervalMethod method, double alpha) {

  /** What is known. */
  public enum Verdict {
    /** Treatment is not worse by the margin. */
    SAFE,
    /** Treatment is worse by the margin at least: stop it. */
    HARMED,
    /** Neither is shown. */
    OPEN
  }

  /**
   * A verdict.
   *
   * @param least least effect that is not ruled out, positive for good
   * @param most largest effect that is not ruled out, positive for good
   * @param words a sentence for a reader
   */
  public record Reading(Verdict verdict, double least, double most, String words) {}

  public GuardRail {
    Normal.probability(alpha);
    if (!(margin >= 0 && margin < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a margin is 0 or more, but is " + margin);
    }
  }

  /** What an effect says; an absent one leaves the verdict open. */
  public Reading read(Effect effect) {
    if (effect instanceof Effect.Absent absent) {
      return new Reading(
          Verdict.OPEN, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, absent.words());
    }
    Effect.Known known = (Effect.Known) effect;
    double reach = method.oneSidedCritical(alpha, known.precision()) * known.standardError();
    double good = higherIsBetter ? known.value() : -known.value();
    double least = good - reach;
    double most = good + reach;
    if (most < -margin) {
      return new Reading(
          Verdict.HARMED,
          least,
          most,
          "treatment is worse by at least %.4g, and %.4g is borne".formatted(-most, margin));
    }
    if (least > -margin) {
      return new Reading(
          Verdict.SAFE,
          least,
          most,
          least >= 0
              ? "treatment is not worse"
              : "treatment is worse by at most %.4g, and %.4g is borne".formatted(-least, margin));
    }
    return new Reading(
        Verdict.OPEN,
        least,
        most,
        "treatment may be worse by %.4g, and %.4g is borne: more data is needed"
            .formatted(-least, margin));
  }
}
