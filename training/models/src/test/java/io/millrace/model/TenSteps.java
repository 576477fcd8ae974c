package io.millrace.model;

/** Ten steps of plain gradient descent on made-up examples, for golden losses. */
public final class TenSteps {
  private static final int BATCH = 32;

  private TenSteps() {}

  /**
   * The mean loss of each step before it learns. Initial weights are those of seed 42, running
   * statistics are blended, every third label is 1; x is learned as well, as an embedding would be:
   * all steps take the same examples.
   */
  public static float[] losses(CtrModel model) {
    int n = model.fields() * model.dim();
    Tensors weights = Tensors.initial(model.tensors(), 42);
    Tensors gradients = Tensors.zeros(model.tensors());
    float[] x = TestTensors.random(BATCH * n, 43);
    float[] dx = new float[x.length];
    float[] logits = new float[BATCH];
    float[] losses = new float[10];
    try (CtrModel.Workspace workspace = model.newWorkspace()) {
      for (int step = 0; step < losses.length; step++) {
        workspace.forward(weights, x, BATCH, step, logits);
        double loss = 0;
        float[] dLogits = new float[BATCH];
        for (int b = 0; b < BATCH; b++) {
          int y = b % 3 == 0 ? 1 : 0;
          loss += BinaryCrossEntropy.loss(logits[b], y) / BATCH;
          dLogits[b] = (float) BinaryCrossEntropy.gradient(Sigmoid.of(logits[b]), y) / BATCH;
        }
        losses[step] = (float) loss;
        workspace.backward(dLogits, dx, gradients);
        for (int i = 0; i < x.length; i++) {
          x[i] -= 2f * dx[i];
        }
        for (int t = 0; t < gradients.values().length; t++) {
          float[] values = weights.values()[t];
          float[] gradient = gradients.values()[t];
          if (model.tensors().get(t).role() instanceof TensorSpec.Role.RunningStatistic s) {
            s.blend(values, gradient);
          } else {
            for (int i = 0; i < values.length; i++) {
              values[i] -= 0.1f * gradient[i];
            }
          }
        }
      }
    }
    return losses;
  }
}
