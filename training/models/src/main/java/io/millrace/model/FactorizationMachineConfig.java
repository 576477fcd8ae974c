package io.millrace.model;

/** Factorization machine: a row is a weight and factors, and there is nothing to choose. */
public record FactorizationMachineConfig() implements Architecture {

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
    Bounds.requireFactors(dim, rowWidth);
    specs.constant("bias", 0, 1);
  }
}
