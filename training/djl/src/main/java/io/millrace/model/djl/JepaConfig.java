package io.millrace.model.djl;

import io.millrace.model.Bounds;
import io.millrace.model.CtrModel;
import io.millrace.model.TensorNumbers;
import io.millrace.model.TensorSpec;
import io.millrace.model.TensorSpecs;
import java.util.List;

/**
 * T-JEPA: self-supervised pre-training that predicts the representation of some fields of an
 * example from others, without labels and without corrupting inputs.
 *
 * <p>Source: Thimonier et al., "T-JEPA: augmentation-free self-supervised learning for tabular
 * data", ICLR 2025. Unlike the authors' code, the regularisation token is always in the context and
 * never a target, and every field takes part.
 *
 * @param width h, values of a token in the encoders; a multiple of D
 * @param layers transformer layers of the encoders
 * @param heads attention heads there; divides the width
 * @param feedForward hidden units there
 * @param predictorWidth values of a token in the predictor
 * @param predictorLayers transformer layers of the predictor
 * @param predictorHeads attention heads there; divides its width
 * @param contextMin least share of the fields that the context holds, above 0
 * @param contextMax largest share
 * @param targetMin least share of the fields that are a target, above 0
 * @param targetMax largest share
 * @param targets sets of target fields drawn for each example
 */
public record JepaConfig(
    int width,
    int layers,
    int heads,
    int feedForward,
    int predictorWidth,
    int predictorLayers,
    int predictorHeads,
    double contextMin,
    double contextMax,
    double targetMin,
    double targetMax,
    int targets) {

  public JepaConfig {
    Bounds.require("width", width, 1024);
    Bounds.require("layers", layers, 32);
    Bounds.require("heads", heads, 64);
    Bounds.require("feedForward", feedForward, 4096);
    Bounds.require("predictorWidth", predictorWidth, 1024);
    Bounds.require("predictorLayers", predictorLayers, 32);
    Bounds.require("predictorHeads", predictorHeads, 64);
    Bounds.require("targets", targets, 16);
    requireDivisor("heads", heads, "width", width);
    requireDivisor("predictorHeads", predictorHeads, "predictorWidth", predictorWidth);
    requireShares("context", contextMin, contextMax);
    requireShares("target", targetMin, targetMax);
  }

  /** Small: field vectors are few, and what is kept in the end is the table. */
  public static JepaConfig defaults() {
    return new JepaConfig(32, 1, 2, 64, 16, 1, 2, 0.2, 0.5, 0.1, 0.4, 2);
  }

  private static void requireDivisor(String name, int value, String of, int total) {
    if (total % value != 0) {
      throw new IllegalArgumentException(
          "%s: %d, expected a divisor of %s %d".formatted(name, value, of, total));
    }
  }

  private static void requireShares(String name, double min, double max) {
    if (!(min > 0 && min <= max && max <= 1)) {
      throw new IllegalArgumentException(
          "%sMin, %sMax: %s, %s, expected 0 < min <= max <= 1".formatted(name, name, min, max));
    }
  }

  /**
   * The networks, as a model whose logits in training mode are losses. Its x holds, of each
   * example, the field vectors [F, D] and behind them the targets [F, h], as another F·h/D vectors:
   * {@link CtrModel#fields} is F·(1 + h/D). A prediction reports the representations of the fields
   * [B, F, h] as {@link #REPRESENTATION}, and looks at the field vectors only.
   *
   * @param fields F, at least 2
   * @param dim D
   */
  public DjlModel model(int fields, int dim) {
    if (fields < 2) {
      throw new IllegalArgumentException("fields: " + fields + ", expected at least 2");
    }
    if (width % dim != 0) {
      throw new IllegalArgumentException(
          "width: " + width + ", expected a multiple of the dimension " + dim);
    }
    List<TensorSpec> specs = tensors(dim);
    DjlGraph graph = new DjlJepaGraph(this, fields, dim, new TensorNumbers(specs));
    return DjlModel.of(fields * (1 + width / dim), dim, specs, true, graph);
  }

  private List<TensorSpec> tensors(int dim) {
    TensorSpecs specs = new TensorSpecs();
    int h = width;
    int p = predictorWidth;
    specs.xavier("first", 1, h, 1, h);
    specs.linear("token.", dim, h);
    transformer(specs, "encoder.", h, layers, feedForward);
    specs.layerNorm("head.norm0.", h);
    specs.linear("head.", h, h);
    specs.layerNorm("head.norm1.", h);
    specs.linear("predictor.in.", h, p);
    specs.xavier("predictor.mask", 1, p, 1, p);
    transformer(specs, "predictor.", p, predictorLayers, 2 * p);
    specs.layerNorm("predictor.norm.", p);
    specs.linear("predictor.out.", p, h);
    return specs.list();
  }

  private static void transformer(
      TensorSpecs specs, String prefix, int width, int layers, int feedForward) {
    for (int l = 0; l < layers; l++) {
      String name = prefix + "layer" + l + ".";
      specs.linear(name + "qkv.", width, 3 * width);
      specs.linear(name + "out.", width, width);
      specs.layerNorm(name + "norm0.", width);
      specs.linear(name + "up.", width, feedForward);
      specs.linear(name + "down.", feedForward, width);
      specs.layerNorm(name + "norm1.", width);
    }
  }

  /** Name of the intermediate result that holds the representations. */
  public static final String REPRESENTATION = "representation";
}
