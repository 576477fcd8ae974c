package io.millrace.model.layer;

import io.millrace.kernel.Columns;
import io.millrace.kernel.Kernels;
import io.millrace.kernel.Matrix;
import io.millrace.model.HiddenLayers;
import io.millrace.model.TensorNumbers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link HiddenLayers} by kernels: from padded rows to padded rows. Large batches go through
 * neighbouring operations part by part, so that what one leaves is still in the caches for the
 * next: a product and the statistics of what it gives; normalisation, activation and the next
 * product.
 */
public final class KernelHidden {
  /** Rows of a part. */
  private static final int PART = 128;

  private final Kernels kernels = Kernels.best();
  private final List<Layer> layers = new ArrayList<>();
  private final Columns columns;
  private final float dropout;
  private float kept = 1;
  private boolean drops;

  /** A layer, with what it gave last. */
  private final class Layer {
    final KernelLinear linear;
    final @Nullable KernelBatchNorm norm;
    final KernelDropout dropping = new KernelDropout();
    Matrix out = new Matrix(Columns.of(1));

    Layer(KernelLinear linear, @Nullable KernelBatchNorm norm) {
      this.linear = linear;
      this.norm = norm;
    }

    void begin(KernelPass pass, Matrix in) {
      out = linear.begin(in);
      if (norm != null) {
        norm.begin(pass, out);
      }
      if (drops) {
        dropping.begin(pass, dropout, out);
      }
    }

    void forward(KernelPass pass, int first, int count) {
      linear.forward(first, count);
      if (norm != null) {
        norm.addStatistics(pass, out, first, count);
      }
    }

    /** Everything behind the product, once all rows have gone through it. */
    void activate(int first, int count) {
      if (norm != null) {
        norm.apply(out, first, count);
      } else {
        kernels.relu(out.values(), first * out.stride(), count * out.stride());
      }
      if (drops) {
        dropping.apply(out, first, count);
      }
    }

    void beginBackward() {
      if (norm != null) {
        norm.beginBackward();
      }
    }

    /** Through the activation, in place. */
    void backwardActivation(Matrix d, int first, int count) {
      if (norm != null) {
        norm.addSums(out.values(), d, first, count, kept);
      } else {
        int at = first * d.stride();
        kernels.reluBackward(out.values(), at, d.values(), at, count * d.stride(), kept);
      }
    }

    /** Through the normalisation, in place, and the product, once all rows have come so far. */
    void backwardProduct(Matrix d, int first, int count) {
      if (norm != null) {
        norm.applyBackward(d, first, count);
      }
      linear.backward(d, first, count);
    }
  }

  public KernelHidden(HiddenLayers hidden, String prefix, Columns in, TensorNumbers numbers) {
    Columns from = in;
    for (int l = 0; l < hidden.widths().size(); l++) {
      String name = prefix + "hidden" + l + ".";
      Columns to = Columns.of(hidden.widths().get(l));
      KernelLinear linear =
          new KernelLinear(from, to, numbers.of(name + "weight"), numbers.of(name + "bias"));
      KernelBatchNorm norm =
          hidden.batchNorm() ? new KernelBatchNorm(name + "norm.", to, true, numbers) : null;
      layers.add(new Layer(linear, norm));
      from = to;
    }
    this.columns = from;
    this.dropout = hidden.dropout();
  }

  /** How the last layer's rows lie. */
  public Columns columns() {
    return columns;
  }

  public void load(float[][] weights) {
    for (Layer layer : layers) {
      layer.linear.load(weights);
      if (layer.norm != null) {
        layer.norm.load(weights);
      }
    }
  }

  /**
   * @param rows [B, in]; must not change until the backward pass
   * @return [B, width]
   */
  public Matrix forward(KernelPass pass, Matrix rows) {
    return forward(pass, rows, null);
  }

  /**
   * The same from rows that are the fields' values.
   *
   * @param shared which fields are equal in all rows, or null
   */
  public Matrix forward(KernelPass pass, Matrix rows, boolean @Nullable [] shared) {
    drops = pass.dropsOut(dropout);
    kept = drops ? 1 / (1 - dropout) : 1;
    Matrix in = rows;
    Layer below = null;
    for (Layer layer : layers) {
      layer.begin(pass, in);
      if (below == null && shared != null) {
        layer.linear.forward(rows, shared);
      } else {
        for (int first = 0; first < rows.rows(); first += PART) {
          int count = Math.min(PART, rows.rows() - first);
          if (below != null) {
            below.activate(first, count);
          }
          layer.forward(pass, first, count);
        }
      }
      if (layer.norm != null) {
        layer.norm.endStatistics(pass);
      }
      in = layer.out;
      below = layer;
    }
    for (int first = 0; below != null && first < rows.rows(); first += PART) {
      below.activate(first, Math.min(PART, rows.rows() - first));
    }
    return in;
  }

  /**
   * @param dOut [B, width], overwritten
   * @return [B, in]
   */
  public Matrix backward(Matrix dOut, float[][] gradients) {
    Matrix d = dOut;
    int rows = d.rows();
    boolean whole = rows <= PART;
    for (Layer layer : layers) {
      layer.beginBackward();
    }
    for (int l = layers.size() - 1; l >= 0; l--) {
      Layer layer = layers.get(l);
      for (int first = 0; l == layers.size() - 1 && first < rows; first += PART) {
        layer.backwardActivation(d, first, Math.min(PART, rows - first));
      }
      if (layer.norm != null) {
        layer.norm.endSums(rows, gradients);
      }
      Matrix dIn = layer.linear.beginBackward(d);
      for (int first = 0; first < rows; first += PART) {
        int count = Math.min(PART, rows - first);
        layer.backwardProduct(d, first, count);
        if (!whole) {
          layer.linear.addWeights(d, first, count);
        }
        if (l > 0) {
          layers.get(l - 1).backwardActivation(dIn, first, count);
        }
      }
      if (whole) {
        layer.linear.backwardWeights(d, gradients);
      } else {
        layer.linear.endWeights(gradients);
      }
      d = dIn;
    }
    return d;
  }
}
