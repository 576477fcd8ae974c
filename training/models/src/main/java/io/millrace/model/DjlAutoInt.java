package io.millrace.model;

import java.util.List;

/**
 * AutoInt on DJL and PyTorch: the reference that faster twins are tested against. Each layer lets
 * every field attend to every field, in H heads:
 *
 * <pre>
 *   ψ_h(i, k) = ⟨W_Q e_i, W_K e_k⟩ (/ √headDim);   a = softmax_k ψ;   ẽ_i = ‖_h Σ_k a_ik W_V e_k
 *   e_i ← ReLU(ẽ_i + W_R e_i), then LayerNorm if asked for
 * </pre>
 *
 * <p>and the logit is a linear functional of all fields' last e. The native memory of a model is
 * that of its workspaces.
 *
 * <p>Source: Song et al., "AutoInt: automatic feature interaction learning via self-attentive
 * neural networks", CIKM 2019, sections 4.3 to 4.5; {@link AutoIntConfig#activatedProjections},
 * scaling and normalisation as in the authors' code.
 */
public final class DjlAutoInt implements CtrModel {
  private final AutoIntConfig config;
  private final int fields;
  private final int dim;
  private final List<TensorSpec> tensors;

  /**
   * @param fields F, at least 1
   * @param dim D, at least 1
   */
  public DjlAutoInt(AutoIntConfig config, int fields, int dim) {
    if (fields < 1) {
      throw new IllegalArgumentException("fields: " + fields + ", expected at least 1");
    }
    if (dim < 1) {
      throw new IllegalArgumentException("dim: " + dim + ", expected at least 1");
    }
    this.config = config;
    this.fields = fields;
    this.dim = dim;
    this.tensors = config.tensors(fields, dim);
  }

  public AutoIntConfig config() {
    return config;
  }

  @Override
  public int fields() {
    return fields;
  }

  @Override
  public int dim() {
    return dim;
  }

  @Override
  public List<TensorSpec> tensors() {
    return tensors;
  }

  /** Starts PyTorch if this is its first use, which takes seconds. */
  @Override
  public DjlAutoIntWorkspace newWorkspace() {
    return new DjlAutoIntWorkspace(this);
  }
}
