package io.millrace.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies of one model, the experts, that learn side by side, each from its own log loss and at its
 * own rates. What is answered is the mean of their probabilities, weighted by how well each has
 * predicted so far: Bayes' mixture, whose log loss is at most {@code ln E / n} per example above
 * that of the best expert. After each example a share of the weight is spread evenly, so that an
 * expert that was bad can come back when the stream changes.
 *
 * <p>Source: Herbster and Warmuth, "Tracking the best expert", Machine Learning 32, 1998, fixed
 * share, section 5, with log loss and learning rate 1.
 *
 * <p>A row holds the experts' rows of W values one behind the other, so a field vector is C chunks
 * of E·W values. Dense tensors: those of each expert e, named {@code e/name}, and {@code experts}
 * [E], the logarithms of the weights, which the labels of each step move.
 */
public final class ExpertMixture implements CtrModel {
  /** Name of the tensor of log weights. */
  static final String WEIGHTS = "experts";

  /** Weight that is spread after an example. */
  static final double SHARE = 0.001;

  /** No probability of a label is taken to be smaller. */
  private static final double LEAST = 1e-6;

  private final CtrModel expert;
  private final int experts;
  private final int chunk;
  private final List<TensorSpec> tensors;

  /**
   * @param expert what each expert is; closed with the mixture
   * @param experts E, at least 2
   * @param chunk W, values of an expert's row; divides the expert's D
   */
  public ExpertMixture(CtrModel expert, int experts, int chunk) {
    if (experts < 2 || chunk < 1 || expert.dim() % chunk != 0) {
      throw new IllegalArgumentException(
          "experts, chunk: %d, %d, expected at least 2 and a divisor of dim %d"
              .formatted(experts, chunk, expert.dim()));
    }
    this.expert = expert;
    this.experts = experts;
    this.chunk = chunk;
    List<TensorSpec> all = new ArrayList<>();
    for (int e = 0; e < experts; e++) {
      for (TensorSpec spec : expert.tensors()) {
        all.add(new TensorSpec(e + "/" + spec.name(), spec.shape(), spec.init(), spec.role()));
      }
    }
    all.add(
        new TensorSpec(
            WEIGHTS,
            new int[] {experts},
            new TensorSpec.Init.Constant(0),
            new TensorSpec.Role.RunningStatistic(1)));
    this.tensors = List.copyOf(all);
  }

  @Override
  public int fields() {
    return expert.fields();
  }

  @Override
  public int dim() {
    return experts * expert.dim();
  }

  @Override
  public List<TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public boolean hasTrainingMode() {
    return expert.hasTrainingMode();
  }

  @Override
  public Workspace newWorkspace() {
    return new Scratch();
  }

  /**
   * Explains the mixture's logit: effects are its own, the detail is that of the expert with the
   * most weight; what the others change is part of the {@code rest} of terms.
   *
   * @param inside explains an expert; closed with the explainer
   */
  public Explainer explainer(Explainer inside) {
    Scratch scratch = new Scratch();
    return new OcclusionExplainer<>(
        this,
        scratch,
        (workspace, weights, x, missing) -> {
          int best = heaviest(weights);
          scratch.reserve(1);
          scratch.split(best, x, 1);
          Reasons reasons = inside.explain(scratch.view(best, weights), scratch.x[best], missing);
          if (!(reasons.detail() instanceof Reasons.Terms terms)) {
            return reasons.detail();
          }
          float[] logit = new float[1];
          workspace.infer(weights, x, missing, 1, logit);
          float others = logit[0] - reasons.logit();
          return new Reasons.Terms(terms.linear(), terms.pairs(), terms.rest() + others);
        });
  }

  private int heaviest(Tensors weights) {
    float[] logs = weights.values()[tensors.size() - 1];
    int best = 0;
    for (int e = 1; e < experts; e++) {
      best = logs[e] > logs[best] ? e : best;
    }
    return best;
  }

  @Override
  public void close() {
    expert.close();
  }

  private final class Scratch implements Workspace {
    private final Workspace[] workspaces = new Workspace[experts];
    private final Tensors[] views = new Tensors[experts];
    private final double[] shares = new double[experts];
    private final float[][] x = new float[experts][0]; // [E][B, F, D]
    private final float[][] dx = new float[experts][0];
    private final float[][] logits = new float[experts][0]; // [E][B] of the last pass
    private final float[][] dLogits = new float[experts][0];
    private float[] mixed = new float[0]; // [B] of the last forward
    private float[] logWeights = new float[experts]; // of the last forward, live
    private int batch;

    Scratch() {
      int count = expert.tensors().size();
      for (int e = 0; e < experts; e++) {
        workspaces[e] = expert.newWorkspace();
        views[e] = new Tensors(expert.tensors(), new float[count][]);
      }
    }

    private void reserve(int batch) {
      if (mixed.length < batch) {
        int n = batch * fields() * expert.dim();
        for (int e = 0; e < experts; e++) {
          x[e] = new float[n];
          dx[e] = new float[n];
          logits[e] = new float[batch];
          dLogits[e] = new float[batch];
        }
        mixed = new float[batch];
      }
    }

    /** The tensors of one expert, valid until the next call for it. */
    private Tensors view(int e, Tensors of) {
      int count = expert.tensors().size();
      System.arraycopy(of.values(), e * count, views[e].values(), 0, count);
      return views[e];
    }

    /** Copies the field vectors of one expert. */
    private void split(int e, float[] from, int batch) {
      int from0 = e * chunk;
      int n = batch * fields() * expert.dim();
      for (int to = 0, at = from0; to < n; to += chunk, at += experts * chunk) {
        System.arraycopy(from, at, x[e], to, chunk);
      }
    }

    @Override
    public void infer(
        Tensors weights, float[] x, boolean @Nullable [] missing, int batch, float[] logits) {
      infer(weights, x, missing, null, batch, logits);
    }

    @Override
    public void infer(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        boolean @Nullable [] shared,
        int batch,
        float[] logits) {
      reserve(batch);
      for (int e = 0; e < experts; e++) {
        split(e, x, batch);
        workspaces[e].infer(view(e, weights), this.x[e], missing, shared, batch, this.logits[e]);
      }
      mix(weights, batch, logits);
    }

    @Override
    public void forward(
        Tensors weights,
        float[] x,
        boolean @Nullable [] missing,
        int batch,
        long dropoutSeed,
        float[] logits) {
      reserve(batch);
      this.batch = batch;
      for (int e = 0; e < experts; e++) {
        split(e, x, batch);
        workspaces[e].forward(
            view(e, weights), this.x[e], missing, batch, dropoutSeed, this.logits[e]);
      }
      mix(weights, batch, logits);
      System.arraycopy(logits, 0, mixed, 0, batch);
      logWeights = weights.values()[tensors.size() - 1];
    }

    private void mix(Tensors weights, int batch, float[] into) {
      shares(weights.values()[tensors.size() - 1]);
      for (int b = 0; b < batch; b++) {
        double yes = 0;
        double no = 0;
        for (int e = 0; e < experts; e++) {
          yes += shares[e] * Sigmoid.of(logits[e][b]);
          no += shares[e] * Sigmoid.of(-logits[e][b]);
        }
        into[b] = (float) (Math.log(yes) - Math.log(no));
      }
    }

    private void shares(float[] logs) {
      double sum = 0;
      for (int e = 0; e < experts; e++) {
        shares[e] = Math.exp(logs[e]);
        sum += shares[e];
      }
      for (int e = 0; e < experts; e++) {
        shares[e] /= sum;
      }
    }

    /** The gradients of the mixture's logit; the weights of the experts stay. */
    @Override
    public void backward(float[] dLogits, float[] dx, Tensors dWeights) {
      shares(logWeights);
      for (int b = 0; b < batch; b++) {
        double yes = Sigmoid.of(mixed[b]);
        double no = Sigmoid.of(-mixed[b]);
        for (int e = 0; e < experts; e++) {
          double p = Sigmoid.of(logits[e][b]);
          double q = Sigmoid.of(-logits[e][b]);
          this.dLogits[e][b] = (float) (dLogits[b] * shares[e] * p * q / (yes * no));
        }
      }
      backward(dx, dWeights);
      System.arraycopy(logWeights, 0, dWeights.values()[tensors.size() - 1], 0, experts);
    }

    @Override
    public void backwardLoss(byte[] labels, float[] dLogits, float[] dx, Tensors dWeights) {
      for (int e = 0; e < experts; e++) {
        for (int b = 0; b < batch; b++) {
          this.dLogits[e][b] =
              (float) BinaryCrossEntropy.gradient(Sigmoid.of(logits[e][b]), labels[b]);
        }
      }
      backward(dx, dWeights);
      shares(logWeights);
      for (int b = 0; b < batch; b++) {
        double sum = 0;
        for (int e = 0; e < experts; e++) {
          double p = Sigmoid.of(labels[b] == 1 ? logits[e][b] : -logits[e][b]);
          shares[e] *= Math.max(p, LEAST);
          sum += shares[e];
        }
        for (int e = 0; e < experts; e++) {
          shares[e] = (1 - SHARE) * shares[e] / sum + SHARE / experts;
        }
      }
      float[] moved = dWeights.values()[tensors.size() - 1];
      for (int e = 0; e < experts; e++) {
        moved[e] = (float) Math.log(shares[e]);
      }
    }

    private void backward(float[] dx, Tensors dWeights) {
      int n = batch * fields() * expert.dim();
      for (int e = 0; e < experts; e++) {
        workspaces[e].backward(dLogits[e], this.dx[e], view(e, dWeights));
        for (int from = 0, at = e * chunk; from < n; from += chunk, at += experts * chunk) {
          System.arraycopy(this.dx[e], from, dx, at, chunk);
        }
      }
    }

    @Override
    public void close() {
      Arrays.stream(workspaces).forEach(Workspace::close);
    }
  }
}
