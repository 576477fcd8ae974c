package io.millrace.model.kernel;

import io.millrace.model.CtrModel;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Logistic regression on hashed features: {@code logit = bias + sum_f x[f]}. D is 1: a row is a
 * weight. One dense tensor, {@code bias} [1].
 *
 * @param fields F
 */
public record LogisticRegression(int fields) implements CtrModel {
  private static final List<TensorSpec> TENSORS =
      List.of(new TensorSpec("bias", new int[] {1}, new TensorSpec.Init.Constant(0)));

  public LogisticRegression {
    if (fields < 1) {
      throw new IllegalArgumentException("fields: " + fields + ", expected at least 1");
    }
  }

  @Override
  public int dim() {
    return 1;
  }

  @Override
  public List<TensorSpec> tensors() {
    return TENSORS;
  }

  /** {@inheritDoc} Each value is rounded after each operation, in one order. */
  @Override
  public String arithmetic() {
    return "";
  }

  @Override
  public Workspace newWorkspace() {
    return new Scratch();
  }

  private final class Scratch implements Workspace {
    private final int[] owned = new int[fields]; // fields that examples don't share
    private int batch;

    @Override
    public void infer(
        Tensors weights, float[] x, boolean @Nullable [] missing, int batch, float[] logits) {
      float bias = weights.values()[0][0];
      for (int b = 0; b < batch; b++) {
        float sum = bias;
        for (int i = b * fields, end = i + fields; i < end; i++) {
          sum += x[i];
        }
        logits[b] = sum;
      }
    }

    @Override
    public void infer(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        boolean @Nullable [] shared,
        int batch,
        float[] logits) {
      if (shared == null) {
        infer(weights, x, missing, batch, logits);
        return;
      }
      float common = weights.values()[0][0];
      int own = 0;
      for (int f = 0; f < fields; f++) {
        if (shared[f]) {
          common += x[f];
        } else {
          owned[own++] = f;
        }
      }
      for (int b = 0; b < batch; b++) {
        float sum = common;
        for (int i = 0; i < own; i++) {
          sum += x[b * fields + owned[i]];
        }
        logits[b] = sum;
      }
    }

    @Override
    public void forward(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        int batch,
        long dropoutSeed,
        float[] logits) {
      this.batch = batch;
      infer(weights, x, missing, batch, logits);
    }

    @Override
    public void backward(float[] dLogits, float[] dx, Tensors dWeights) {
      float total = 0;
      for (int b = 0; b < batch; b++) {
        float d = dLogits[b];
        total += d;
        for (int i = b * fields, end = i + fields; i < end; i++) {
          dx[i] = d;
        }
      }
      dWeights.values()[0][0] = total;
    }
  }
}
