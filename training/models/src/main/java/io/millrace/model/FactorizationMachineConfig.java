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
    if (rowWidth < 2 || dim % rowWidth != 0) {
      throw new IllegalArgumentException(
          "rowWidth: " + rowWidth + ", expected at least 2 and a divisor of dim " + dim);
    }
    specs.constant("bias", 0, 1);
  }
}
