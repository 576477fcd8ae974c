package io.millrace.inference;

/** What is done with the covariate. */
public enum Adjustment {
  /** Nothing. */
  NONE,
  /**
   * CUPED: what the covariate foretells is taken away. Deng, Xu, Kohavi and Walker, "Improving the
   * sensitivity of online controlled experiments by utilizing pre-experiment data", WSDM 2013, eq.
   * 4 and 5, and its appendix B for ratios.
   */
  CUPED
}
