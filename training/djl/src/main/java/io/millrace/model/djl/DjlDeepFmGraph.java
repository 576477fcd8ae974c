package io.millrace.model.djl;

import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorNumbers;
import io.millrace.model.kernel.FactorizationMachine;

/**
 * DeepFM: the logit of {@link FactorizationMachine} plus that of a perceptron on all factors.
 * Tensors: those of {@link DjlMlpGraph}, whose output's bias is the bias of the sum. Reports {@link
 * #DEEP}.
 *
 * <p>Source: Guo et al., "DeepFM: a factorization-machine based neural network for CTR prediction",
 * IJCAI 2017, section 2.1.
 */
final class DjlDeepFmGraph implements DjlGraph {
  /** The perceptron's logit [B, 1]. */
  static final String DEEP = "deep";

  private static final long[] VALUES = {1};

  private final int fields;
  private final int rowsPerField;
  private final int rowWidth;
  private final DjlMlpGraph dnn;

  DjlDeepFmGraph(DeepFmConfig config, int fields, int dim, int rowWidth, TensorNumbers tensors) {
    this.fields = fields;
    this.rowsPerField = dim / rowWidth;
    this.rowWidth = rowWidth;
    int factors = fields * rowsPerField * (rowWidth - 1);
    this.dnn = new DjlMlpGraph(new MlpConfig(config.hidden()), "", factors, tensors);
  }

  @Override
  public PtNDArray logits(DjlPass pass, PtNDArray x) {
    long batch = pass.batch();
    long rows = (long) fields * rowsPerField;
    long factors = (long) rowsPerField * (rowWidth - 1);
    PtNDArray byRow = JniUtils.reshape(x, new long[] {batch, rows, rowWidth});
    NDList parts = JniUtils.split(byRow, new long[] {1, rowWidth - 1}, 2);
    PtNDArray weights = JniUtils.reshape((PtNDArray) parts.get(0), new long[] {batch, rows});
    PtNDArray v = JniUtils.reshape((PtNDArray) parts.get(1), new long[] {batch, fields, factors});
    PtNDArray linear = JniUtils.sum(weights, VALUES, true);
    // pairs of fields: half of the square of their sum, less that of their squares
    PtNDArray sums = JniUtils.sum(v, VALUES, false);
    PtNDArray squareOfSum = JniUtils.sum(JniUtils.square(sums), VALUES, true);
    PtNDArray flat = JniUtils.reshape(v, new long[] {batch, fields * factors});
    PtNDArray sumOfSquares = JniUtils.sum(JniUtils.square(flat), VALUES, true);
    PtNDArray pairs = pass.scale(JniUtils.sub(squareOfSum, sumOfSquares), 0.5f);
    PtNDArray machine = JniUtils.add(linear, pairs);
    PtNDArray deep = dnn.logits(pass, flat);
    pass.report(DEEP, deep);
    return JniUtils.add(machine, deep);
  }
}
