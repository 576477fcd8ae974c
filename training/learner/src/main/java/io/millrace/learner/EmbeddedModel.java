package io.millrace.learner;

import io.millrace.embedding.DenseTensor;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.Explainer;
import io.millrace.model.Reasons;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model whose tensors are followed by those of its embedding, {@code embedding/name}, so that
 * whoever learns, stores, publishes or guards a model's tensors does so with these as well. What it
 * computes is what the model below it computes, which never sees them; their gradients are {@link
 * FieldVectors}'.
 */
final class EmbeddedModel implements CtrModel {
  /** Begins the names of the embedding's tensors. */
  static final String PREFIX = "embedding/";

  private final CtrModel model;
  private final List<TensorSpec> own;
  private final List<TensorSpec> all;

  private EmbeddedModel(CtrModel model, List<DenseTensor> tensors) {
    this.model = model;
    this.own = model.tensors();
    List<TensorSpec> specs = new ArrayList<>(own);
    for (DenseTensor tensor : tensors) {
      TensorSpec.Init init = new TensorSpec.Init.Uniform(tensor.middle(), tensor.bound());
      specs.add(new TensorSpec(PREFIX + tensor.name(), tensor.shape(), init));
    }
    this.all = List.copyOf(specs);
  }

  /** The model with the tensors of its embedding; the model itself where there are none. */
  static CtrModel of(CtrModel model, List<DenseTensor> tensors) {
    return tensors.isEmpty() ? model : new EmbeddedModel(model, tensors);
  }

  /** Whether a tensor is an embedding's. */
  static boolean isEmbedding(TensorSpec spec) {
    return spec.name().startsWith(PREFIX);
  }

  @Override
  public int fields() {
    return model.fields();
  }

  @Override
  public int dim() {
    return model.dim();
  }

  @Override
  public List<TensorSpec> tensors() {
    return all;
  }

  @Override
  public boolean hasTrainingMode() {
    return model.hasTrainingMode();
  }

  @Override
  public String arithmetic() {
    return model.arithmetic();
  }

  @Override
  public ComputeDevice device() {
    return model.device();
  }

  @Override
  public Workspace newWorkspace() {
    return new Inside(model.newWorkspace());
  }

  @Override
  public void close() {
    model.close();
  }

  /** Explains the model above an embedding with tensors of its own. */
  static Explainer explainer(Explainer inside, CtrModel model) {
    if (!(model instanceof EmbeddedModel embedded)) {
      return inside;
    }
    First weights = embedded.new First();
    return new Explainer() {
      @Override
      public Reasons explain(Tensors all, float[] x, boolean @Nullable [] missing) {
        return inside.explain(weights.of(all), x, missing);
      }

      @Override
      public void close() {
        inside.close();
      }
    };
  }

  /** The model's own tensors among all. The same ones give the same object. */
  private final class First {
    private @Nullable Tensors all;
    private @Nullable Tensors first;

    Tensors of(Tensors given) {
      Tensors known = first;
      if (known == null || given != all) {
        known = new Tensors(own, new float[own.size()][], given.constant());
        all = given;
        first = known;
      }
      // A tensor's array may be another one since.
      System.arraycopy(given.values(), 0, known.values(), 0, own.size());
      return known;
    }
  }

  private final class Inside implements Workspace {
    private final Workspace workspace;
    private final First weights = new First();
    private final First gradients = new First();

    Inside(Workspace workspace) {
      this.workspace = workspace;
    }

    @Override
    public void infer(
        Tensors all, float[] x, boolean @Nullable [] missing, int batch, float[] logits) {
      workspace.infer(weights.of(all), x, missing, batch, logits);
    }

    @Override
    public void infer(
        Tensors all,
        float[] x,
        boolean @Nullable [] missing,
        boolean @Nullable [] shared,
        int batch,
        float[] logits) {
      workspace.infer(weights.of(all), x, missing, shared, batch, logits);
    }

    @Override
    public void forward(
        Tensors all,
        float[] x,
        boolean @Nullable [] missing,
        int batch,
        long dropoutSeed,
        float[] logits) {
      workspace.forward(weights.of(all), x, missing, batch, dropoutSeed, logits);
    }

    @Override
    public void backward(float[] dLogits, float[] dx, Tensors dWeights) {
      workspace.backward(dLogits, dx, gradients.of(dWeights));
    }

    @Override
    public void backwardLoss(byte[] labels, float[] dLogits, float[] dx, Tensors dWeights) {
      workspace.backwardLoss(labels, dLogits, dx, gradients.of(dWeights));
    }

    @Override
    public void step(
        Tensors all,
        float[] x,
        boolean @Nullable [] missing,
        int batch,
        long dropoutSeed,
        Loss loss,
        float[] logits,
        float[] dLogits,
        float[] dx,
        Tensors dWeights) {
      workspace.step(
          weights.of(all),
          x,
          missing,
          batch,
          dropoutSeed,
          loss,
          logits,
          dLogits,
          dx,
          gradients.of(dWeights));
    }

    @Override
    public void close() {
      workspace.close();
    }
  }
}
