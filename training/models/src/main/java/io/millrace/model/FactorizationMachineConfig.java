package io.millrace.model;

/** Factorization machine: a row is a weight and factors, and there is nothing to choose. */
public record FactorizationMachineConfig() implements Architecture {

  @Override
  public FactorizationMachine model(int fields, int dim, int rowWidth) {
    return new FactorizationMachine(fields, dim, rowWidth);
  }

  @Override
  public Explainer explainer(int fields, int dim, int rowWidth) {
    FactorizationMachine model = model(fields, dim, rowWidth);
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) ->
            Reasons.Terms.ofMachine(x, fields, dim, rowWidth, weights.values()[0][0]));
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
