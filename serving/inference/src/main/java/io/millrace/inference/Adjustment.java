package io.millrace.inference;

/** What is done with the covariate. */
public enum Adjustment {
  /** Nothing. */
  NONE,
  /**
   * CUPED: what the covariate foretells is taken away. Deng, Xu, Kohavi and Walker, "Improving the
   * sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM 2013,
   * section 3; for ratios after linearising both.
   */
  CUPED
}
