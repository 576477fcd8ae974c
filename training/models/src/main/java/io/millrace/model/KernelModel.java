package io.millrace.model;

import io.millrace.kernel.Kernels;
import java.util.List;
import java.util.function.Function;

/**
 * A model by {@link io.millrace.kernel.Kernels}, with the tensors of its reference on DJL: weights
 * of one are weights of the other.
 */
public final class KernelModel implements CtrModel {
  private final DjlModel reference;
  private final Function<TensorNumbers, KernelNet> net;

  /**
   * @param net makes the network of one workspace
   */
  KernelModel(DjlModel reference, Function<TensorNumbers, KernelNet> net) {
    this.reference = reference;
    this.net = net;
  }

  @Override
  public int fields() {
    return reference.fields();
  }

  @Override
  public int dim() {
    return reference.dim();
  }

  @Override
  public List<TensorSpec> tensors() {
    return reference.tensors();
  }

  @Override
  public boolean hasTrainingMode() {
    return reference.hasTrainingMode();
  }

  @Override
  public String arithmetic() {
    return Kernels.arithmetic();
  }

  @Override
  public Workspace newWorkspace() {
    TensorNumbers numbers = new TensorNumbers(tensors());
    return new KernelWorkspace(this, net.apply(numbers), net.apply(numbers));
  }
}
