package io.millrace.model.djl;

import io.millrace.model.Architecture;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.Explainer;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.model.ModelEngine;
import io.millrace.model.kernel.KernelEngine;

/** PyTorch by DJL; lr and fm, whose arithmetic is less than a copy to it, stay plain Java. */
public final class DjlEngine implements ModelEngine {
  private final ModelEngine kernels = new KernelEngine();

  /** For {@link java.util.ServiceLoader}. */
  public DjlEngine() {}

  @Override
  public Engine engine() {
    return Engine.DJL;
  }

  @Override
  public CtrModel model(Architecture architecture, int fields, int dim, int rowWidth) {
    boolean plain =
        architecture instanceof LogisticRegressionConfig
            || architecture instanceof FactorizationMachineConfig;
    return plain
        ? kernels.model(architecture, fields, dim, rowWidth)
        : DjlModel.of(architecture, fields, dim, rowWidth);
  }

  /** By kernels, whose passes show what they compute on the way. */
  @Override
  public Explainer explainer(Architecture architecture, int fields, int dim, int rowWidth) {
    return kernels.explainer(architecture, fields, dim, rowWidth);
  }

  @Override
  public int gpus() {
    return DjlTorch.gpus();
  }

  @Override
  public String flavor() {
    return DjlTorch.flavor();
  }
}
