package io.millrace.learner;

/**
 * One of the copies of a model that learn a stream side by side, each at rates of its own ({@link
 * io.millrace.model.ExpertMixture}).
 *
 * @param rate factor on the row optimizer's learning rate, above 0
 * @param linearRate the same for linear weights
 */
public record Expert(float rate, float linearRate) {

  public Expert {
    if (!(rate > 0 && rate <= 1e6f)) {
      throw new IllegalArgumentException(
          "experts.rate: " + rate + ", expected above 0, at most 1e6");
    }
    if (!(linearRate > 0 && linearRate <= 1e6f)) {
      throw new IllegalArgumentException(
          "experts.linearRate: " + linearRate + ", expected above 0, at most 1e6");
    }
  }

  /** Learns at the optimizer's own rate. */
  public static Expert plain() {
    return new Expert(1, 1);
  }
}
