package io.millrace.trainer;

/**
 * Calibrated probability estimation (CaPE; Liu et al., ICML 2022, arXiv 2111.10734): once training
 * has stopped, it goes on from the best weights, and the first of every {@code every} epochs learns
 * from calibrated targets instead of labels. Of all these epochs and the weights that they began
 * with, those of the lowest validation log loss are kept.
 *
 * @param kind of the targets
 * @param epochs to go on for, at least 1
 * @param every how often the targets are calibrated; 1 for always
 * @param rate factor on the learning rates, in (0, 1]
 * @param bins of {@link Kind#BIN}, at least 1
 * @param sigma bandwidth of {@link Kind#KERNEL} as a difference of probabilities, above 0
 * @param window neighbours of {@link Kind#KERNEL} on each side, at least 1
 */
public record CapeConfig(
    Kind kind, int epochs, int every, double rate, int bins, double sigma, int window) {

  /** What calibrated targets are. */
  public enum Kind {
    /** Training ends as without CaPE. */
    NONE,
    /** Labels throughout: the control, which tells the targets' gain from that of the epochs. */
    LABELS,
    /** The mean label of the examples in the same bin of predictions, of equal mass. */
    BIN,
    /** The mean label of the neighbours in order of prediction, weighted by a Gaussian kernel. */
    KERNEL
  }

  public CapeConfig {
    Require.that(epochs >= 1, "cape.epochs", epochs, "at least 1");
    Require.that(every >= 1, "cape.every", every, "at least 1");
    Require.that(rate > 0 && rate <= 1, "cape.rate", rate, "above 0, at most 1");
    Require.that(bins >= 1, "cape.bins", bins, "at least 1");
    Require.that(sigma > 0 && sigma < Double.POSITIVE_INFINITY, "cape.sigma", sigma, "above 0");
    Require.that(window >= 1, "cape.window", window, "at least 1");
  }

  /**
   * No CaPE. If a kind is chosen: nine epochs, every third on calibrated targets, at a tenth of the
   * rates; 100 bins; the kernel's bandwidth and window are those of the authors' scripts.
   */
  public static CapeConfig none() {
    return new CapeConfig(Kind.NONE, 9, 3, 0.1, 100, 0.05, 100);
  }

  /** The same with other targets. */
  public CapeConfig withKind(Kind other) {
    return new CapeConfig(other, epochs, every, rate, bins, sigma, window);
  }
}
