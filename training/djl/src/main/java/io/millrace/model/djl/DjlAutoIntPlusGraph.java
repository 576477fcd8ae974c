package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorNumbers;

/**
 * AutoInt plus a perceptron. Tensors: those of {@link DjlAutoIntGraph}, then those of {@link
 * DjlMlpGraph} with prefix {@code dnn.}.
 *
 * <p>Source: Song et al., "AutoInt", CIKM 2019, section 5.5.
 */
final class DjlAutoIntPlusGraph implements DjlGraph {
  private final DjlAutoIntGraph attention;
  private final DjlMlpGraph dnn;

  DjlAutoIntPlusGraph(AutoIntPlusConfig config, int fields, int dim, TensorNumbers tensors) {
    this.attention = new DjlAutoIntGraph(config.attention(), fields, dim, tensors);
    this.dnn = new DjlMlpGraph(new MlpConfig(config.dnn()), "dnn.", fields * dim, tensors);
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    return JniUtils.add(attention.logits(pass, x), dnn.logits(pass, x));
  }
}
