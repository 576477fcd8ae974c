package io.millrace.model;

/**
 * Shape and options of a model, one record per kind. Immutable; equal architectures build equal
 * models.
 */
public sealed interface Architecture
    permits LogisticRegressionConfig,
        FactorizationMachineConfig,
        AutoIntConfig,
        AutoIntPlusConfig,
        ArmNetConfig,
        ArmNetPlusConfig,
        MlpConfig,
        DeepFmConfig,
        DcnV2Config,
        FinalMlpConfig {

  /**
   * The model for field vectors of a given shape, as the chosen engine computes it.
   *
   * @throws IllegalArgumentException as {@link #model(int, int, int)}
   */
  default CtrModel model(Engine engine, int fields, int dim, int rowWidth) {
    return model(fields, dim, rowWidth);
  }

  /**
   * The model for field vectors of a given shape: the reference, on DJL if it is a deep one.
   *
   * @param fields F, at least 1
   * @param dim D, at least 1
   * @param rowWidth W, values of a table's row; a field vector is D / W rows, one behind the other
   * @throws IllegalArgumentException if the architecture can't take field vectors of this shape
   */
  CtrModel model(int fields, int dim, int rowWidth);

  /**
   * Explains predictions of the model that {@link #model} gives for field vectors of this shape.
   *
   * @throws IllegalArgumentException as {@link #model}
   */
  default Explainer explainer(int fields, int dim, int rowWidth) {
    return OcclusionExplainer.of(model(Engine.KERNELS, fields, dim, rowWidth));
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
