package io.millrace.model.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorNumbers;

/**
 * A multi-layer perceptron with one output: the tensors of {@link DjlMlp}, then {@code
 * <prefix>output.weight} [1, width] and {@code <prefix>output.bias} [1].
 */
final class DjlMlpGraph implements DjlGraph {
  private final MlpConfig config;
  private final int in;
  private final DjlMlp hidden;
  private final DjlLinear output;

  /**
   * @param prefix of the tensors' names
   * @param in values of an example
   */
  DjlMlpGraph(MlpConfig config, String prefix, int in, TensorNumbers tensors) {
    this.config = config;
    this.in = in;
    this.hidden = new DjlMlp(prefix, config.hidden(), tensors);
    this.output = new DjlLinear(prefix + "output.", tensors);
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    PtNDArray flat = JniUtils.reshape(x, new long[] {pass.batch(), in});
    return output.apply(pass, hidden.apply(pass, flat));
  }
}
