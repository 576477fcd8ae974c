package io.millrace.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Models of one input, the experts, that learn side by side, each from its own log loss and at its
 * own rates. Beside them may stand a {@link LogitMixer} of their logits; together they are the
 * members. What is answered is the mean of the members' probabilities, weighted by how well each
 * has predicted so far: Bayes' mixture, whose log loss is at most {@code ln M / n} per example
 * above that of the best member. After each example a share of the weight is spread evenly, so that
 * a member that was bad can come back when the stream changes.
 *
 * <p>Source: Herbster and Warmuth, "Tracking the best expert", Machine Learning 32, 1998, fixed
 * share, section 5, with log loss and learning rate 1.
 *
 * <p>A row holds the experts' rows of W values one behind the other, so a field vector is C chunks
 * of E·W values. Dense tensors: those of each expert e, named {@code e/name}; then three that the
 * labels of each step move: {@code experts} [M], the logarithms of the M members' weights, the
 * mixer's last, and the mixer's two, if there is one.
 */
public final class ExpertMixture implements CtrModel {
  /** Name of the tensor of log weights. */
  static final String WEIGHTS = "experts";

  /** Weight that is spread after an example. */
  static final double SHARE = 0.001;

  /** No probability is taken to be smaller. */
  private static final double LEAST = 1e-6;

  private final List<CtrModel> models;
  private final int experts;
  private final boolean mixes;
  private final int members;
  private final int fields;
  private final int expertDim;
  private final int chunk;
  private final List<TensorSpec> tensors;
  private final int firstMoved;

  /**
   * @param models the E experts, at least 2, of equal F and D; the same model may be several of
   *     them, with weights of its own for each; closed with the mixture
   * @param chunk W, values of an expert's row; divides the experts' D
   * @param mixer whether there is one
   */
  public ExpertMixture(List<CtrModel> models, int chunk, boolean mixer) {
    this.models = List.copyOf(models);
    this.experts = models.size();
    if (experts < 2) {
      throw new IllegalArgumentException("experts: " + experts + ", expected at least 2");
    }
    this.mixes = mixer;
    this.members = mixer ? experts + 1 : experts;
    this.fields = models.get(0).fields();
    this.expertDim = models.get(0).dim();
    this.chunk = chunk;
    List<TensorSpec> all = new ArrayList<>();
    for (int e = 0; e < experts; e++) {
      CtrModel expert = models.get(e);
      if (expert.fields() != fields || expert.dim() != expertDim) {
        throw new IllegalArgumentException(
            "expert %d: fields %d, dim %d, expected %d and %d as of the first"
                .formatted(e, expert.fields(), expert.dim(), fields, expertDim));
      }
      for (TensorSpec spec : expert.tensors()) {
        all.add(new TensorSpec(e + "/" + spec.name(), spec.shape(), spec.init(), spec.role()));
      }
    }
    if (chunk < 1 || expertDim % chunk != 0) {
      throw new IllegalArgumentException(
          "chunk: %d, expected a divisor of dim %d".formatted(chunk, expertDim));
    }
    this.firstMoved = all.size();
    all.add(
        new TensorSpec(
            WEIGHTS,
            new int[] {members},
            new TensorSpec.Init.Constant(0),
            new TensorSpec.Role.RunningStatistic(1)));
    if (mixer) {
      all.addAll(LogitMixer.tensors(experts));
    }
    this.tensors = List.copyOf(all);
  }

  @Override
  public int fields() {
    return fields;
  }

  @Override
  public int dim() {
    return experts * expertDim;
  }

  @Override
  public List<TensorSpec> tensors() {
    return tensors;
  }

  @Override
  public boolean hasTrainingMode() {
    return models.stream().anyMatch(CtrModel::hasTrainingMode);
  }

  @Override
  public String arithmetic() {
    return models.stream()
        .map(CtrModel::arithmetic)
        .filter(own -> !own.isEmpty())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  @Override
  public Workspace newWorkspace() {
    return new Scratch();
  }

  /**
   * Explains the mixture's logit: effects are its own, the detail is that of the expert with the
   * most weight, by itself and through the mixer; what the others change is part of the {@code
   * rest} of terms.
   *
   * @param inside explain each an expert; closed with the explainer
   */
  public Explainer explainer(List<Explainer> inside) {
    Scratch scratch = new Scratch();
    Explainer mixed =
        new OcclusionExplainer<>(
            this,
            scratch,
            (workspace, weights, x, missing) -> {
              int best = scratch.heaviest(weights);
              scratch.reserve(1);
              scratch.split(best, x, 1);
              Reasons reasons =
                  inside.get(best).explain(scratch.view(best, weights), scratch.x[best], missing);
              if (!(reasons.detail() instanceof Reasons.Terms terms)) {
                return reasons.detail();
              }
              float[] logit = new float[1];
              workspace.infer(weights, x, missing, 1, logit);
              float others = logit[0] - reasons.logit();
              return new Reasons.Terms(terms.linear(), terms.pairs(), terms.rest() + others);
            });
    return new Explainer() {
      @Override
      public Reasons explain(Tensors weights, float[] x, boolean @Nullable [] missing) {
        return mixed.explain(weights, x, missing);
      }

      @Override
      public void close() {
        mixed.close();
        inside.forEach(Explainer::close);
      }
    };
  }

  /**
   * Which tensor of a single model each tensor of a mixture continues.
   *
   * @param mixture specs of a mixture
   * @param single specs of a model that may be one of its experts
   * @return of each of the mixture's the place among the single one's, or −1: the expert is of
   *     another architecture that has no such tensor, or it is of no expert
   */
  public static int[] sources(List<TensorSpec> mixture, List<TensorSpec> single) {
    int[] sources = new int[mixture.size()];
    for (int t = 0; t < sources.length; t++) {
      TensorSpec spec = mixture.get(t);
      sources[t] = -1;
      for (int i = 0; i < single.size(); i++) {
        TensorSpec of = single.get(i);
        String name = spec.name().substring(spec.name().indexOf('/') + 1);
        if (spec.name().contains("/") && name.equals(of.name()) && spec.size() == of.size()) {
          sources[t] = i;
        }
      }
    }
    return sources;
  }

  /**
   * Tensors of a mixture whose experts go on with those of a single model. An expert of another
   * architecture lacks what was in other tensors: it begins with little weight, and so does the
   * mixer then, to which all experts are alike at first.
   *
   * @param mixture specs of the mixture
   */
  public static Tensors continuing(List<TensorSpec> mixture, Tensors single) {
    Tensors tensors = Tensors.zeros(mixture);
    int[] sources = sources(mixture, single.specs());
    int weightsAt = 0; // behind the experts' tensors
    while (!mixture.get(weightsAt).name().equals(WEIGHTS)) {
      weightsAt++;
    }
    float[] logWeights = tensors.values()[weightsAt];
    int experts = 1 + expertOf(mixture.get(weightsAt - 1));
    int[] continued = new int[experts];
    for (int t = 0; t < sources.length; t++) {
      if (sources[t] >= 0) {
        float[] from = single.values()[sources[t]];
        System.arraycopy(from, 0, tensors.values()[t], 0, from.length);
        continued[expertOf(mixture.get(t))]++;
      }
    }
    for (int e = 0; e < experts; e++) {
      if (continued[e] < single.specs().size()) {
        logWeights[e] = (float) Math.log(SHARE);
        Arrays.fill(logWeights, experts, logWeights.length, logWeights[e]);
      }
    }
    return tensors;
  }

  private static int expertOf(TensorSpec spec) {
    return Integer.parseInt(spec.name().substring(0, spec.name().indexOf('/')));
  }

  @Override
  public void close() {
    Set<CtrModel> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
    distinct.addAll(models);
    distinct.forEach(CtrModel::close);
  }

  private final class Scratch implements Workspace {
    private final Workspace[] workspaces = new Workspace[experts];
    private final Tensors[] views = new Tensors[experts];
    private final Tensors[] constantViews = new Tensors[experts];
    private @Nullable Tensors constant; // what they are views of
    private final int[] firstTensor = new int[experts]; // of each expert, among the mixture's
    private final LogitMixer mixer = new LogitMixer(experts);
    private final double[] shares = new double[members];
    private final float[][] x = new float[experts][0]; // [E][B, F, D]
    private final float[][] dx = new float[experts][0];
    private final float[][] logits = new float[members][0]; // [M][B] of the last pass
    private final float[][] dLogits = new float[experts][0];
    private float[] mixed = new float[0]; // [B] of the last forward
    // of the last forward, live
    private final float[][] moved = new float[tensors.size() - firstMoved][];
    private int batch;

    Scratch() {
      int at = 0;
      for (int e = 0; e < experts; e++) {
        List<TensorSpec> own = models.get(e).tensors();
        workspaces[e] = models.get(e).newWorkspace();
        views[e] = new Tensors(own, new float[own.size()][]);
        firstTensor[e] = at;
        at += own.size();
      }
    }

    private void reserve(int batch) {
      if (mixed.length < batch) {
        int n = batch * fields * expertDim;
        for (int e = 0; e < experts; e++) {
          x[e] = new float[n];
          dx[e] = new float[n];
          logits[e] = new float[batch];
          dLogits[e] = new float[batch];
        }
        for (int m = experts; m < members; m++) {
          logits[m] = new float[batch];
        }
        mixed = new float[batch];
      }
    }

    /** The tensors of one expert, valid until the next call for it. */
    private Tensors view(int e, Tensors of) {
      float[][] own = views[e].values();
      System.arraycopy(of.values(), firstTensor[e], own, 0, own.length);
      return views[e];
    }

    /** The tensors of one expert for a prediction: the same object while constant ones are. */
    private Tensors viewToPredict(int e, Tensors of) {
      if (!of.constant()) {
        return view(e, of);
      }
      if (of != constant) {
        for (int i = 0; i < experts; i++) {
          float[][] own = new float[views[i].values().length][];
          System.arraycopy(of.values(), firstTensor[i], own, 0, own.length);
          constantViews[i] = new Tensors(views[i].specs(), own, true);
        }
        constant = of;
      }
      return constantViews[e];
    }

    /** Copies the field vectors of one expert. */
    private void split(int e, float[] from, int batch) {
      int from0 = e * chunk;
      int n = batch * fields * expertDim;
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
        Tensors own = viewToPredict(e, weights);
        workspaces[e].infer(own, this.x[e], missing, shared, batch, this.logits[e]);
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
      System.arraycopy(weights.values(), firstMoved, moved, 0, moved.length);
    }

    private void mix(Tensors weights, int batch, float[] into) {
      shares(weights.values()[firstMoved]);
      for (int b = 0; b < batch; b++) {
        if (mixes) {
          logits[experts][b] = (float) mixer.logit(weights.values()[firstMoved + 1], logits, b);
        }
        double yes = 0;
        double no = 0;
        for (int m = 0; m < members; m++) {
          yes += shares[m] * Sigmoid.of(logits[m][b]);
          no += shares[m] * Sigmoid.of(-logits[m][b]);
        }
        into[b] = (float) (Math.log(yes) - Math.log(no));
      }
    }

    /** The expert with the most weight, its own and its part of the mixer's. */
    private int heaviest(Tensors weights) {
      shares(weights.values()[firstMoved]);
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int e = 0; e < experts; e++) {
        double weight = shares[e];
        if (mixes) {
          weight += shares[experts] * mixer.weight(weights.values()[firstMoved + 1], e);
        }
        best = weight > most ? e : best;
        most = Math.max(weight, most);
      }
      return best;
    }

    private void shares(float[] logs) {
      double sum = 0;
      for (int m = 0; m < members; m++) {
        shares[m] = Math.exp(logs[m]);
        sum += shares[m];
      }
      for (int m = 0; m < members; m++) {
        shares[m] /= sum;
      }
    }

    /** The gradients of the mixture's logit; what the labels move stays. */
    @Override
    public void backward(float[] dLogits, float[] dx, Tensors dWeights) {
      shares(moved[0]);
      for (int b = 0; b < batch; b++) {
        double scale = dLogits[b] / variance(mixed[b]);
        for (int e = 0; e < experts; e++) {
          float logit = logits[e][b];
          double slope = shares[e] * variance(logit);
          if (mixes) {
            double ofMixer = shares[experts] * variance(logits[experts][b]);
            slope += ofMixer * mixer.slope(moved[1], e, logit);
          }
          this.dLogits[e][b] = (float) (scale * slope);
        }
      }
      backward(dx, dWeights);
      copyMoved(dWeights);
    }

    /** p (1 − p), the slope of a probability. */
    private static double variance(double logit) {
      return Sigmoid.of(logit) * Sigmoid.of(-logit);
    }

    private void copyMoved(Tensors into) {
      for (int t = 0; t < moved.length; t++) {
        System.arraycopy(moved[t], 0, into.values()[firstMoved + t], 0, moved[t].length);
      }
    }

    @Override
    public void backwardLoss(
        byte[] labels,
        float @Nullable [] importance,
        float[] dLogits,
        float[] dx,
        Tensors dWeights) {
      for (int e = 0; e < experts; e++) {
        for (int b = 0; b < batch; b++) {
          double gradient = Label.gradient(Sigmoid.of(logits[e][b]), labels[b]);
          this.dLogits[e][b] = (float) (of(importance, b) * gradient);
        }
      }
      backward(dx, dWeights);
      copyMoved(dWeights);
      float[] logWeights = dWeights.values()[firstMoved];
      shares(logWeights);
      for (int b = 0; b < batch; b++) {
        if (mixes) {
          float[] mixerWeights = dWeights.values()[firstMoved + 1];
          logits[experts][b] = (float) mixer.logit(mixerWeights, logits, b);
          weigh(b, labels[b], of(importance, b));
          float[] information = dWeights.values()[firstMoved + 2];
          mixer.learn(mixerWeights, information, logits, b, labels[b], of(importance, b));
        } else {
          weigh(b, labels[b], of(importance, b));
        }
      }
      for (int m = 0; m < members; m++) {
        logWeights[m] = (float) Math.log(shares[m]);
      }
    }

    private static double of(float @Nullable [] importance, int b) {
      return importance == null ? 1 : importance[b];
    }

    /** Bayes' rule, of an example that counts so often, and the share that is spread. */
    private void weigh(int b, byte label, double importance) {
      double sum = 0;
      for (int m = 0; m < members; m++) {
        double likelihood = Label.likelihood(logits[m][b], label, LEAST);
        shares[m] *= importance == 1 ? likelihood : Math.pow(likelihood, importance);
        sum += shares[m];
      }
      for (int m = 0; m < members; m++) {
        shares[m] = (1 - SHARE) * shares[m] / sum + SHARE / members;
      }
    }

    private void backward(float[] dx, Tensors dWeights) {
      int n = batch * fields * expertDim;
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
