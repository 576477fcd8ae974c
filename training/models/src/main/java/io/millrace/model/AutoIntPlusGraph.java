package io.millrace.model;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/**
 * AutoInt plus a perceptron. Tensors: those of {@link AutoIntGraph}, then those of {@link MlpGraph}
 * with prefix {@code dnn.}.
 *
 * <p>Source: Song et al., "AutoInt", CIKM 2019, section 5.5.
 */
final class AutoIntPlusGraph implements DjlGraph {
  private final AutoIntGraph attention;
  private final MlpGraph dnn;

  AutoIntPlusGraph(AutoIntPlusConfig config, int fields, int dim, TensorSpecs specs) {
    this.attention = new AutoIntGraph(config.attention(), fields, dim, specs);
    this.dnn = new MlpGraph(new MlpConfig(config.dnn()), "dnn.", fields * dim, specs);
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    return JniUtils.add(attention.logits(pass, x), dnn.logits(pass, x));
  }

  @Override
  public boolean hasTrainingMode() {
    return attention.hasTrainingMode() || dnn.hasTrainingMode();
  }
}
