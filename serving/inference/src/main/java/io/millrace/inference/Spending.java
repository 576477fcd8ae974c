package io.millrace.inference;

/**
 * How much of the error probability may be spent by a share of the planned information: Lan and
 * DeMets, "Discrete sequential boundaries for clinical trials", Biometrika 70(3), 1983.
 */
public enum Spending {
  /** 2 − 2 Φ(z / √t) with Φ(z) = 1 − α/2: hardly anything early (eq. for α₁* there). */
  OBRIEN_FLEMING_LIKE {
    @Override
    double spent(double alpha, double share) {
      return 2 * Normal.survival(Normal.upperQuantile(alpha / 2) / Math.sqrt(share));
    }
  },
  /** α ln(1 + (e − 1) t): nearly evenly (α₂* there). */
  POCOCK_LIKE {
    @Override
    double spent(double alpha, double share) {
      return alpha * Math.log1p((Math.E - 1) * share);
    }
  },
  /** α t² (Kim and DeMets, Biometrika 74(1), 1987, with exponent 2). */
  QUADRATIC {
    @Override
    double spent(double alpha, double share) {
      return alpha * share * share;
    }
  };

  /**
   * Error probability that is spent when a share of the information is there.
   *
   * @param alpha of one side
   * @param share above 0, at most 1
   */
  abstract double spent(double alpha, double share);
}
