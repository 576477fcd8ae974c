package io.millrace.model.kernel;

import io.millrace.kernel.Matrix;
import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.CrossFeature;
import io.millrace.model.CtrModel;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.Explainer;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.model.OcclusionExplainer;
import io.millrace.model.Reasons;
import io.millrace.model.TensorNumbers;
import io.millrace.model.Tensors;
import io.millrace.model.attention.KernelAutoInt;
import io.millrace.model.layer.KernelFieldVectors;
import io.millrace.model.layer.KernelPass;
import java.util.Comparator;
import java.util.List;

/**
 * Explainers of the kinds whose kernels show what they compute on the way. A detail costs another
 * pass of one example.
 */
final class KernelExplainers {
  private KernelExplainers() {}

  /**
   * Of any architecture.
   *
   * @param model of it, by kernels
   */
  static Explainer of(
      Architecture architecture, CtrModel model, int fields, int dim, int rowWidth) {
    if (architecture instanceof LogisticRegressionConfig) {
      return new OcclusionExplainer<>(
          model,
          model.newWorkspace(),
          (workspace, weights, x, missing) ->
              new Reasons.Terms(x.clone(), List.of(), weights.values()[0][0]));
    }
    if (architecture instanceof FactorizationMachineConfig) {
      return new OcclusionExplainer<>(
          model,
          model.newWorkspace(),
          (workspace, weights, x, missing) ->
              Reasons.Terms.ofMachine(x, fields, dim, rowWidth, weights.values()[0][0]));
    }
    if (architecture instanceof DeepFmConfig) {
      return machine(model, fields, dim, rowWidth);
    }
    if (architecture instanceof AutoIntConfig autoint) {
      return attention(model, autoint);
    }
    if (architecture instanceof AutoIntPlusConfig autoint) {
      return attention(model, autoint.attention());
    }
    if (architecture instanceof ArmNetConfig armnet) {
      return crosses(model, armnet, dim);
    }
    if (architecture instanceof ArmNetPlusConfig armnet) {
      return crosses(model, armnet.arm(), dim / 2);
    }
    return OcclusionExplainer.of(model);
  }

  /** Of a DeepFM: what its factorization machine leaves of the logit is the perceptron's. */
  private static Explainer machine(CtrModel model, int fields, int dim, int rowWidth) {
    FactorizationMachine machine = new FactorizationMachine(fields, dim, rowWidth);
    Tensors noBias = Tensors.zeros(machine.tensors());
    CtrModel.Workspace machines = machine.newWorkspace();
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) -> {
          float[] logit = new float[1];
          float[] crossed = new float[1];
          workspace.infer(weights, x, missing, 1, logit);
          machines.infer(noBias, x, missing, 1, crossed);
          return Reasons.Terms.ofMachine(x, fields, dim, rowWidth, logit[0] - crossed[0]);
        });
  }

  /**
   * Of an AutoInt, or of a model that has one as a part.
   *
   * @param model by kernels, of field vectors that are the AutoInt's too
   */
  private static Explainer attention(CtrModel model, AutoIntConfig config) {
    KernelAutoInt net =
        new KernelAutoInt(config, model.fields(), model.dim(), new TensorNumbers(model.tensors()));
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) -> {
          net.load(weights.values());
          return new Reasons.Attention(net.attention(x, missing));
        });
  }

  /**
   * Of an ARM-Net, or of a model that has one as a part; with α = 1 no field is chosen.
   *
   * @param model by kernels
   * @param dim of the ARM-Net's field vectors, which are the first values of the model's
   */
  private static Explainer crosses(CtrModel model, ArmNetConfig config, int dim) {
    if (config.alpha() == 1) {
      return OcclusionExplainer.of(model);
    }
    int fields = model.fields();
    int neurons = config.totalNeurons();
    TensorNumbers numbers = new TensorNumbers(model.tensors());
    int value = numbers.of("value");
    KernelFieldVectors vectors =
        new KernelFieldVectors(config.fieldEmbedding(), fields, dim, numbers);
    KernelArmGates gates = new KernelArmGates(config, fields, vectors.columns(), numbers);
    float[] own = new float[fields * dim];
    float[] opened = new float[fields * neurons]; // [F, K·o]
    float[] powers = new float[fields * neurons];
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) -> {
          for (int f = 0; f < fields; f++) {
            System.arraycopy(x, f * model.dim(), own, f * dim, dim);
          }
          vectors.load(weights.values());
          gates.load(weights.values());
          Matrix e = vectors.forward(KernelPass.predicting(1, missing, 0, null), own, 0);
          gates.forward(e).store(opened, 0);
          float[] values = weights.values()[value]; // [K·o, F]
          for (int f = 0; f < fields; f++) {
            for (int n = 0; n < neurons; n++) {
              int at = f * neurons + n;
              powers[at] = opened[at] * values[n * fields + f];
            }
          }
          List<CrossFeature> features = CrossFeature.of(config, opened, powers, 1).get(0);
          return new Reasons.Crosses(
              features.stream()
                  .sorted(Comparator.comparing((CrossFeature feature) -> -feature.weight()))
                  .toList(),
              CrossFeature.importance(features, fields));
        });
  }
}
