package io.millrace.model;

/**
 * Shape and options of an ARM-Net: exponential neurons, each a product of powers of the fields it
 * chooses, then a multi-layer perceptron on what they give.
 *
 * <p>Legend: K heads, o neurons of a head, F fields, D dimension of a field vector.
 *
 * @param heads K, 1 to 64; with 1, all neurons share one bilinear map
 * @param neurons o, 1 to 512
 * @param alpha α of the gates, 1 to 3: how sparsely a neuron chooses its fields; 1 chooses all
 * @param learnedAlpha whether each head learns an α of its own, from {@code alpha} on and within
 *     {@link #MIN_LEARNED_ALPHA} to {@link #MAX_LEARNED_ALPHA}
 * @param batchNorm whether each neuron's outputs are normalised, as the authors do; for large steps
 *     only
 * @param fieldEmbedding whether each field has a learned vector that is added to its field vector:
 *     one table for all fields can't give a field a weight of its own
 * @param hidden the layers after the neurons
 */
public record ArmNetConfig(
    int heads,
    int neurons,
    float alpha,
    boolean learnedAlpha,
    boolean batchNorm,
    boolean fieldEmbedding,
    HiddenLayers hidden)
    implements Architecture {
  public static final float MIN_LEARNED_ALPHA = 1.05f;
  public static final float MAX_LEARNED_ALPHA = 2.5f;

  /** {@code exp} of more would drown all else: the model has diverged. */
  private static final float MAX_EXPONENT = 30;

  private static final double GAIN = 1.414;

  public ArmNetConfig {
    Bounds.require("heads", heads, 64);
    Bounds.require("neurons", neurons, 512);
    float min = learnedAlpha ? MIN_LEARNED_ALPHA : 1;
    float max = learnedAlpha ? MAX_LEARNED_ALPHA : 3;
    if (!(alpha >= min && alpha <= max)) {
      throw new IllegalArgumentException("alpha: " + alpha + ", expected " + min + " to " + max);
    }
  }

  /** Small enough for steps of a few examples: one head of ten neurons, of α 1.5. */
  public static ArmNetConfig streaming() {
    return new ArmNetConfig(1, 10, 1.5f, false, false, true, HiddenLayers.plain(32));
  }

  /** A shape for files, which are learned in mini-batches. */
  public static ArmNetConfig forFiles() {
    return new ArmNetConfig(4, 16, 1.5f, false, true, false, HiddenLayers.forFiles());
  }

  /** K · o. */
  public int totalNeurons() {
    return heads * neurons;
  }

  /**
   * Stops a model that has diverged.
   *
   * @param min smallest exponent of a neuron
   * @param max largest one
   * @throws DivergedException unless both are within {@link #MAX_EXPONENT}
   */
  public static void requireBounded(float min, float max) {
    if (!(max < MAX_EXPONENT && min > -MAX_EXPONENT)) {
      throw new DivergedException(
          "exponents of ARM-Net's neurons: %s to %s, expected within ±%s: the model diverged"
              .formatted(min, max, MAX_EXPONENT));
    }
  }

  @Override
  public boolean hasTrainingMode() {
    return batchNorm || hidden.hasTrainingMode();
  }

  @Override
  public void declare(TensorSpecs specs, int fields, int dim, int rowWidth) {
    if (fieldEmbedding) {
      specs.xavier("field_embedding", fields, dim, fields, dim);
    }
    xavier(specs, "bilinear", heads, dim, dim);
    xavier(specs, "query", heads, neurons, dim);
    xavier(specs, "value", heads, neurons, fields);
    if (learnedAlpha) {
      specs.constant("alpha", (float) Math.log(Math.expm1(alpha - 1)), heads);
    }
    if (batchNorm) {
      specs.batchNorm("neuron_norm.", totalNeurons());
    }
    specs.perceptron("", hidden, totalNeurons() * dim);
  }

  /** Of a tensor [a, b, c], the fan in counts as b·c and the fan out as a·c. */
  private static void xavier(TensorSpecs specs, String name, int a, int b, int c) {
    TensorSpec.Init init = new TensorSpec.Init.XavierUniform(b * c, a * c, GAIN);
    specs.add(new TensorSpec(name, new int[] {a, b, c}, init));
  }
}
