package io.millrace.model.kernel;

import io.millrace.kernel.Kernels;
import io.millrace.model.CtrModel;
import io.millrace.model.TensorNumbers;
import io.millrace.model.TensorSpec;
import io.millrace.model.layer.KernelNet;
import java.util.List;
import java.util.function.Function;

/** A model by {@link io.millrace.kernel.Kernels}. */
public final class KernelModel implements CtrModel {
  private final int fields;
  private final int dim;
  private final List<TensorSpec> tensors;
  private final boolean trainingMode;
  private final Function<TensorNumbers, KernelNet> net;

  /**
   * @param net makes the network of one workspace
   */
  KernelModel(
      int fields,
      int dim,
      List<TensorSpec> tensors,
      boolean trainingMode,
      Function<TensorNumbers, KernelNet> net) {
    this.fields = fields;
    this.dim = dim;
    this.tensors = tensors;
    this.trainingMode = trainingMode;
    this.net = net;
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

  @Override
  public boolean hasTrainingMode() {
    return trainingMode;
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
