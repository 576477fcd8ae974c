package io.millrace.model.djl;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorNumbers;

/**
 * {@code w_1·ARM-Net + w_2·perceptron + b}, which starts as their mean. Tensors: those of {@link
 * DjlArmNetGraph}, those of {@link DjlMlpGraph} with prefix {@code dnn.}, {@code ensemble.weight}
 * [1, 2] and {@code ensemble.bias} [1].
 *
 * <p>Source: Cai et al., "ARM-Net", SIGMOD 2021, section 3.4, and the authors' code for the
 * weights.
 */
final class DjlArmNetPlusGraph implements DjlGraph {
  private final int half;
  private final DjlArmNetGraph arm;
  private final DjlMlpGraph dnn;
  private final int weight;
  private final int bias;

  DjlArmNetPlusGraph(ArmNetPlusConfig config, int fields, int dim, TensorNumbers tensors) {
    this.half = dim / 2;
    this.arm = new DjlArmNetGraph(config.arm(), fields, half, tensors);
    this.dnn = new DjlMlpGraph(new MlpConfig(config.dnn()), "dnn.", fields * half, tensors);
    this.weight = tensors.of("ensemble.weight");
    this.bias = tensors.of("ensemble.bias");
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    NDList halves = JniUtils.split(x, half, 2);
    PtNDArray crossed = arm.logits(pass, (PtNDArray) halves.get(0));
    PtNDArray deep = dnn.logits(pass, (PtNDArray) halves.get(1));
    PtNDArray both = JniUtils.cat(new PtNDArray[] {crossed, deep}, 1);
    return JniUtils.linear(both, pass.tensor(weight), pass.tensor(bias));
  }
}
