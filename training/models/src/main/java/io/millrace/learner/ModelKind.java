package io.millrace.learner;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The kinds of models. */
public enum ModelKind {
  /** Logistic regression: one weight per row. */
  @JsonProperty("lr")
  LR,
  /** Factorization machine: a weight and a factor per row. */
  @JsonProperty("fm")
  FM,
  /** AutoInt: self-attention over field vectors. */
  @JsonProperty("autoint")
  AUTOINT
}
