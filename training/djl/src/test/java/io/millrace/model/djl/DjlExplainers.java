package io.millrace.model.djl;

import io.millrace.model.ArmNetConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.CrossFeature;
import io.millrace.model.Explainer;
import io.millrace.model.OcclusionExplainer;
import io.millrace.model.Reasons;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Explainers by graphs that report what they compute on the way: the reference. */
final class DjlExplainers {
  private DjlExplainers() {}

  /** Of an AutoInt, or of a model that has one as a part. */
  static Explainer attention(DjlModel model, AutoIntConfig config) {
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) -> {
          int fields = model.fields();
          float[] all = workspace.intermediate(DjlAutoIntGraph.ATTENTION, weights, x, missing, 1);
          float[][][][] attention = new float[config.layers()][config.heads()][fields][];
          int at = 0;
          for (float[][][] layer : attention) {
            for (float[][] head : layer) {
              for (int f = 0; f < fields; f++, at += fields) {
                head[f] = Arrays.copyOfRange(all, at, at + fields);
              }
            }
          }
          return new Reasons.Attention(attention);
        });
  }

  /** Of an ARM-Net, or of a model that has one as a part; with α = 1 no field is chosen. */
  static Explainer crosses(DjlModel model, ArmNetConfig config) {
    if (config.alpha() == 1) {
      return OcclusionExplainer.of(model);
    }
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) -> {
          List<CrossFeature> features = crosses(config, workspace, weights, x, 1).get(0);
          return new Reasons.Crosses(
              features.stream()
                  .sorted(Comparator.comparing((CrossFeature feature) -> -feature.weight()))
                  .toList(),
              CrossFeature.importance(features, model.fields()));
        });
  }

  /** Of a DeepFM. */
  static Explainer machine(DjlModel model, int rowWidth) {
    return new OcclusionExplainer<>(
        model,
        model.newWorkspace(),
        (workspace, weights, x, missing) -> {
          float deep = workspace.intermediate(DjlDeepFmGraph.DEEP, weights, x, 1)[0];
          return Reasons.Terms.ofMachine(x, model.fields(), model.dim(), rowWidth, deep);
        });
  }

  /** The cross features of each example, neuron by neuron, by what PyTorch computes on the way. */
  static List<List<CrossFeature>> crosses(
      ArmNetConfig config, DjlWorkspace workspace, Tensors weights, float[] x, int batch) {
    return CrossFeature.of(
        config,
        workspace.intermediate(DjlArmNetGraph.GATE, weights, x, batch),
        workspace.intermediate(DjlArmNetGraph.WEIGHT, weights, x, batch),
        batch);
  }
}
