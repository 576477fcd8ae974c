package io.millrace.model;

/** Factorization machine: a row is a weight and factors, and there is nothing to choose. */
public record FactorizationMachineConfig() implements Architecture {

  @Override
  public FactorizationMachine model(int fields, int dim, int rowWidth) {
    return new FactorizationMachine(fields, dim, rowWidth);
  }

  @Override
  public int linearColumns() {
    return 1;
  }
}
