package io.millrace.trainer;

import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.BinaryCrossEntropy;
import io.millrace.model.CtrModel;
import io.millrace.model.Sigmoid;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.optimizer.Adam;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model trained on inputs that stay as they are: what can be read off representations. Adam at
 * .001, the epoch of the best validation AUC, an end after three without a better one.
 */
final class FrozenProbe {
  private static final int EPOCHS = 60;
  private static final int STOP_AFTER = 3;

  private FrozenProbe() {}

  /**
   * Examples by their inputs.
   *
   * @param x [n, width]
   * @param labels [n]
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Inputs(float[] x, byte[] labels) {
    int size() {
      return labels.length;
    }
  }

  /** Test metrics of the best epoch. */
  static Metrics test(
      CtrModel model, int batchSize, long seed, Inputs train, Inputs valid, Inputs test) {
    Tensors tensors = Tensors.initial(model.tensors(), seed);
    Tensors gradients = Tensors.zeros(model.tensors());
    Adam adam = Adam.withLearningRate(.001f);
    float[][] slots = new float[tensors.values().length][];
    for (int t = 0; t < slots.length; t++) {
      slots[t] = new float[adam.slots(tensors.values()[t].length)];
    }
    int width = model.fields() * model.dim();
    float[] x = new float[batchSize * width];
    float[] dx = new float[x.length];
    float[] logits = new float[batchSize];
    float[] dLogits = new float[batchSize];
    double best = 0;
    int without = 0;
    Metrics answer = null;
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      for (int epoch = 1; epoch <= EPOCHS && without < STOP_AFTER; epoch++) {
        int[] order = EpochOrder.of(train.size(), seed, epoch);
        for (int from = 0; from < order.length; from += batchSize) {
          int n = Math.min(batchSize, order.length - from);
          for (int b = 0; b < n; b++) {
            System.arraycopy(train.x, order[from + b] * width, x, b * width, width);
          }
          workspace.forward(tensors, x, n, seed ^ ((long) epoch << 32 | from), logits);
          for (int b = 0; b < n; b++) {
            int label = train.labels[order[from + b]];
            dLogits[b] = (float) BinaryCrossEntropy.gradient(Sigmoid.of(logits[b]), label) / n;
          }
          workspace.backward(dLogits, dx, gradients);
          for (int t = 0; t < slots.length; t++) {
            float[] values = tensors.values()[t];
            if (tensors.specs().get(t).role() instanceof TensorSpec.Role.RunningStatistic r) {
              r.blend(values, gradients.values()[t]);
            } else {
              adam.update(values, 0, values.length, slots[t], 0, gradients.values()[t], 0);
            }
          }
        }
        double auc = judge(workspace, tensors, width, valid).auc();
        without++;
        if (auc > best) {
          best = auc;
          without = 0;
          answer = judge(workspace, tensors, width, test);
        }
      }
    }
    if (answer == null) {
      throw new IllegalStateException("no epoch, expected at least one");
    }
    return answer;
  }

  private static Metrics judge(
      CtrModel.Workspace workspace, Tensors tensors, int width, Inputs inputs) {
    Evaluation evaluation = new Evaluation();
    int size = 1024;
    float[] x = new float[size * width];
    float[] logits = new float[size];
    for (int from = 0; from < inputs.size(); from += size) {
      int n = Math.min(size, inputs.size() - from);
      System.arraycopy(inputs.x, from * width, x, 0, n * width);
      workspace.infer(tensors, x, n, logits);
      for (int b = 0; b < n; b++) {
        evaluation.add(logits[b], inputs.labels[from + b]);
      }
    }
    return evaluation.metrics();
  }

  /** {@code w · x + b} on all values of the field vectors. */
  record Linear(int fields, int dim) implements CtrModel {
    @Override
    public List<TensorSpec> tensors() {
      return List.of(
          new TensorSpec("weight", new int[] {fields * dim}, new TensorSpec.Init.Constant(0)),
          new TensorSpec("bias", new int[] {1}, new TensorSpec.Init.Constant(0)));
    }

    @Override
    public String arithmetic() {
      return "";
    }

    @Override
    public Workspace newWorkspace() {
      return new LinearWorkspace(fields * dim);
    }
  }

  private static final class LinearWorkspace implements CtrModel.Workspace {
    private final int width;
    private float[] seen = new float[0];
    private int batch;

    LinearWorkspace(int width) {
      this.width = width;
    }

    @Override
    public void infer(
        Tensors weights, float[] x, boolean @Nullable [] missing, int n, float[] logits) {
      float[] w = weights.values()[0];
      for (int b = 0; b < n; b++) {
        float sum = weights.values()[1][0];
        for (int i = 0; i < width; i++) {
          sum += w[i] * x[b * width + i];
        }
        logits[b] = sum;
      }
    }

    @Override
    public void forward(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        int n,
        long dropoutSeed,
        float[] logits) {
      seen = x;
      batch = n;
      infer(weights, x, missing, n, logits);
    }

    /** Inputs are frozen: {@code dx} is left alone. */
    @Override
    public void backward(float[] dLogits, float[] dx, Tensors dWeights) {
      float[] dw = dWeights.values()[0];
      java.util.Arrays.fill(dw, 0);
      dWeights.values()[1][0] = 0;
      for (int b = 0; b < batch; b++) {
        dWeights.values()[1][0] += dLogits[b];
        for (int i = 0; i < width; i++) {
          dw[i] += dLogits[b] * seen[b * width + i];
        }
      }
    }
  }
}
