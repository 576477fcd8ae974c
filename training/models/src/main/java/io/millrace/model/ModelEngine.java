package io.millrace.model;

/**
 * Makes models of architectures. An engine is a service that its module provides: it is there when
 * the module is on the class path.
 */
public interface ModelEngine {

  /** Which of the engines it is. */
  Engine engine();

  /**
   * The model of an architecture; it begins on the CPU.
   *
   * @param fields F, at least 1
   * @param dim D, at least 1
   * @param rowWidth W, values of a table's row
   * @throws IllegalArgumentException as {@link Architecture#tensors}
   */
  CtrModel model(Architecture architecture, int fields, int dim, int rowWidth);

  /** Explains predictions of the model of an architecture; parameters and errors as of it. */
  Explainer explainer(Architecture architecture, int fields, int dim, int rowWidth);

  /** GPUs that it can use. Starts nothing. */
  int gpus();

  /** What it was built for, in words: {@code cpu}, or {@code cu124} and the like. */
  String flavor();
}
