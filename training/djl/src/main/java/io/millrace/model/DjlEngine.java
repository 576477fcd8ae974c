package io.millrace.model;

/** PyTorch by DJL; lr and fm, whose arithmetic is less than a copy to it, stay plain Java. */
public final class DjlEngine implements ModelEngine {
  /** For {@link java.util.ServiceLoader}. */
  public DjlEngine() {}

  @Override
  public CtrModel model(Architecture architecture, int fields, int dim, int rowWidth) {
    boolean plain =
        architecture instanceof LogisticRegressionConfig
            || architecture instanceof FactorizationMachineConfig;
    return plain
        ? KernelModels.ENGINE.model(architecture, fields, dim, rowWidth)
        : DjlModel.of(architecture, fields, dim, rowWidth);
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
