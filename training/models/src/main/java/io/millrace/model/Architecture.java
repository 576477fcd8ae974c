package io.millrace.model;

import java.util.List;

/**
 * Shape and options of a model, one record per kind: data, of which a {@link ModelEngine} makes a
 * model. Equal architectures give equal models. {@code ModelKind}, beside the learner, lists them.
 */
public interface Architecture {

  /**
   * Adds the dense tensors of a model of field vectors of a given shape: their names, shapes and
   * initial values are the same in each engine.
   *
   * @param fields F, at least 1
   * @param dim D, at least 1
   * @param rowWidth W, values of a table's row; a field vector is D / W rows, one behind the other
   * @throws IllegalArgumentException if the architecture can't take field vectors of this shape
   */
  void declare(TensorSpecs specs, int fields, int dim, int rowWidth);

  /**
   * The dense tensors; parameters and errors as of {@link #declare}.
   *
   * @throws IllegalArgumentException also if {@code fields} or {@code dim} is below 1
   */
  default List<TensorSpec> tensors(int fields, int dim, int rowWidth) {
    if (fields < 1) {
      throw new IllegalArgumentException("fields: " + fields + ", expected at least 1");
    }
    if (dim < 1) {
      throw new IllegalArgumentException("dim: " + dim + ", expected at least 1");
    }
    TensorSpecs specs = new TensorSpecs();
    declare(specs, fields, dim, rowWidth);
    return specs.list();
  }

  /** Whether a learning step differs from a prediction; see {@link CtrModel#hasTrainingMode}. */
  default boolean hasTrainingMode() {
    return false;
  }

  /** The model, as an engine computes it; parameters and errors as of {@link #tensors}. */
  default CtrModel model(Engine engine, int fields, int dim, int rowWidth) {
    return engine.implementation().model(this, fields, dim, rowWidth);
  }

  /**
   * Explains predictions of the model of this shape, by kernels; parameters and errors as of {@link
   * #tensors}.
   */
  default Explainer explainer(int fields, int dim, int rowWidth) {
    return Engine.KERNELS.implementation().explainer(this, fields, dim, rowWidth);
  }

  /**
   * Checks what the architecture asks of D.
   *
   * @throws IllegalArgumentException if it can't take field vectors of D values
   */
  default void requireDim(int dim) {}

  /**
   * How many columns at the start of each row are linear weights, which start at zero; the others
   * start at random.
   */
  default int linearColumns() {
    return 0;
  }

  /**
   * Whether a model can take in further fields while it learns: with zeros for the weights that
   * they add ({@link FieldGrowth}) every logit stays as it was, but for what a field's initial
   * vector adds to a sum of pairs. Attention and gates over fields cannot: their weights sum to 1,
   * so one more field takes a share from all others, whatever its own weights are.
   */
  default boolean takesNewFields() {
    return false;
  }
}
