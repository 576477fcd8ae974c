package io.millrace.model;

import java.util.function.Function;

/** The engine that needs nothing but this JVM: kernels, and plain Java for lr and fm. */
final class KernelModels implements ModelEngine {
  static final KernelModels ENGINE = new KernelModels();

  private KernelModels() {}

  @Override
  public CtrModel model(Architecture architecture, int fields, int dim, int rowWidth) {
    if (architecture instanceof LogisticRegressionConfig lr) {
      lr.requireDim(dim);
      return new LogisticRegression(fields);
    }
    if (architecture instanceof FactorizationMachineConfig) {
      return new FactorizationMachine(fields, dim, rowWidth);
    }
    return new KernelModel(
        fields,
        dim,
        architecture.tensors(fields, dim, rowWidth),
        architecture.hasTrainingMode(),
        net(architecture, fields, dim, rowWidth));
  }

  private static Function<TensorNumbers, KernelNet> net(
      Architecture architecture, int fields, int dim, int rowWidth) {
    if (architecture instanceof MlpConfig mlp) {
      return names -> new KernelMlp(mlp.hidden(), "", fields * dim, names);
    }
    if (architecture instanceof DeepFmConfig deepfm) {
      return names -> new KernelDeepFm(deepfm, fields, dim, rowWidth, names);
    }
    if (architecture instanceof DcnV2Config dcn) {
      return names -> new KernelDcnV2(dcn, fields * dim, names);
    }
    if (architecture instanceof FinalMlpConfig finalmlp) {
      return names -> new KernelFinalMlp(finalmlp, fields, dim, names);
    }
    if (architecture instanceof AutoIntConfig autoint) {
      return names -> new KernelAutoInt(autoint, fields, dim, names);
    }
    if (architecture instanceof AutoIntPlusConfig autoint) {
      return names -> new KernelAutoIntPlus(autoint, fields, dim, names);
    }
    if (architecture instanceof ArmNetConfig armnet) {
      return names -> new KernelArmNet(armnet, fields, dim, names);
    }
    if (architecture instanceof ArmNetPlusConfig armnet) {
      return names -> new KernelArmNetPlus(armnet, fields, dim, names);
    }
    throw new IllegalStateException(architecture + ", expected one that kernels compute");
  }

  @Override
  public int gpus() {
    return 0;
  }

  @Override
  public String flavor() {
    return "cpu";
  }
}
