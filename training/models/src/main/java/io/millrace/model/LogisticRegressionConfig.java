package io.millrace.model;

import java.util.List;

/** Logistic regression: a row is one weight, and there is nothing to choose. */
public record LogisticRegressionConfig() implements Architecture {

  @Override
  public LogisticRegression model(int fields, int dim, int rowWidth) {
    requireDim(dim);
    return new LogisticRegression(fields);
  }

  @Override
  public Explainer explainer(int fields, int dim, int rowWidth) {
    LogisticRegression model = model(fields, dim, rowWidth);
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) ->
            new Reasons.Terms(x.clone(), List.of(), weights.values()[0][0]));
  }

  @Override
  public void requireDim(int dim) {
    if (dim != 1) {
      throw new IllegalArgumentException("dim: " + dim + ", expected 1 for kind lr");
    }
  }

  @Override
  public int linearColumns() {
    return 1;
  }

  @Override
  public boolean takesNewFields() {
    return true;
  }
}
