package io.millrace.model.kernel;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.Engine;
import io.millrace.model.Explainer;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.model.MlpConfig;
import io.millrace.model.ModelEngine;
import io.millrace.model.TensorNumbers;
import io.millrace.model.attention.KernelAutoInt;
import io.millrace.model.attention.KernelAutoIntPlus;
import io.millrace.model.layer.KernelMlp;
import io.millrace.model.layer.KernelNet;
import java.util.function.Function;

/** The engine that needs nothing but this JVM: kernels, and plain Java for lr and fm. */
public final class KernelEngine implements ModelEngine {
  /** For {@link java.util.ServiceLoader}. */
  public KernelEngine() {}

  @Override
  public Engine engine() {
    return Engine.KERNELS;
  }

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

  @Override
  public Explainer explainer(Architecture architecture, int fields, int dim, int rowWidth) {
    return KernelExplainers.of(
        architecture, model(architecture, fields, dim, rowWidth), fields, dim, rowWidth);
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
