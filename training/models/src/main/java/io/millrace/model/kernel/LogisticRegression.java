package io.millrace.model.kernel;

/**
 * Logistic regression on hashed features: {@code logit = bias + sum_f x[f]}. D is 1: a row is a
 * weight. One dense tensor, {@code bias} [1].
 *
 * @param fields F
 */
public record LogisticRegression(int fields) implements BiasModel {
  public LogisticRegression {
    BiasModel.requireFields(fields);
  }

  @Override
  public int dim() {
    return 1;
  }

  @Override
  public Workspace newWorkspace() {
    return new Scratch();
  }

  private final class Scratch extends BiasWorkspace {
    private final int[] owned = new int[fields]; // fields that examples don't share

    @Override
    void predict(float bias, float[] x, int batch, float[] logits) {
      for (int b = 0; b < batch; b++) {
        float sum = bias;
        for (int i = b * fields, end = i + fields; i < end; i++) {
          sum += x[i];
        }
        logits[b] = sum;
      }
    }

    @Override
    void predict(float bias, float[] x, boolean[] shared, int batch, float[] logits) {
      float common = bias;
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
    void forward(float bias, float[] x, int batch, float[] logits) {
      predict(bias, x, batch, logits);
    }

    @Override
    float gradients(float[] dLogits, int batch, float[] dx) {
      float total = 0;
      for (int b = 0; b < batch; b++) {
        float d = dLogits[b];
        total += d;
        for (int i = b * fields, end = i + fields; i < end; i++) {
          dx[i] = d;
        }
      }
      return total;
    }
  }
}
