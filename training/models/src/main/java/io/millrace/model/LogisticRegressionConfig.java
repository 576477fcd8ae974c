package io.millrace.model;

/** Logistic regression: a row is one weight, and there is nothing to choose. */
public record LogisticRegressionConfig() implements Architecture {

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

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    requireDim(dim);
    specs.constant("bias", 0, 1);
  }
}
