package io.millrace.model;

/**
 * Makes models of architectures. An engine that is not the kernels is a service that its module
 * provides: it is there when the module is on the class path.
 */
public interface ModelEngine {

  /**
   * The model of an architecture; it begins on the CPU.
   *
   * @param fields F, at least 1
   * @param dim D, at least 1
   * @param rowWidth W, values of a table's row
   * @throws IllegalArgumentException as {@link Architecture#tensors}
   */
  CtrModel model(Architecture architecture, int fields, int dim, int rowWidth);

  /** GPUs that it can use. Starts nothing. */
  int gpus();

  /** What it was built for, in words: {@code cpu}, or {@code cu124} and the like. */
  String flavor();
}
