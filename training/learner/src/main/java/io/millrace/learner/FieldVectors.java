package io.millrace.learner;

import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.Composition;
import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.Lookups;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.model.Tensors;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Field vectors of batches, whatever the scheme: of rows alone by {@link Lookups}, or of rows and
 * the scheme's tensors by a {@link Composition}. Buffers grow and are reused. Not thread-safe.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector. Tensors are those of the whole
 * model, of which the scheme's are the last.
 */
public final class FieldVectors {
  private final int dim;
  private final @Nullable LinearScheme linear;
  private final Lookups lookups = new Lookups();
  private final @Nullable Composition composition;
  private final int firstTensor;
  private final float[][] weights; // the scheme's, set by each call
  private final float[][] gradients; // likewise

  /**
   * @param tensors of the model, the scheme's included
   */
  public FieldVectors(EmbeddingScheme scheme, int tensors) {
    this.dim = scheme.dim();
    this.linear = scheme instanceof LinearScheme rows ? rows : null;
    this.composition = scheme instanceof ComposedScheme own ? new Composition(own) : null;
    int count = scheme.tensors().size();
    this.firstTensor = tensors - count;
    this.weights = new float[count][];
    this.gradients = new float[count][];
  }

  /**
   * Takes a batch, which must stay as it is until the last call that is for it.
   *
   * <p>Threads may take turns.
   */
  public void lookUp(EncodedBatch batch) {
    if (composition != null) {
      composition.take(batch);
    } else if (linear != null) {
      linear.lookUp(batch, lookups);
    }
  }

  /** Gives what makes a field vector another weight: its tokens, or their rows. */
  public void weigh(int vector, float weight) {
    if (composition != null) {
      composition.weigh(vector, weight);
    } else {
      lookups.weigh(vector, weight);
    }
  }

  /**
   * Composes the field vectors of the batch.
   *
   * @param x [B, F, D], overwritten
   */
  public void gather(EmbeddingTable table, Tensors tensors, float[] x) {
    if (composition != null) {
      composition.gather(table, own(tensors, weights), x);
    } else {
      lookups.gather(table, dim, x);
    }
  }

  /** Composes the field vectors of a batch that nobody learns from. */
  public void gather(EncodedBatch batch, EmbeddingTable table, Tensors tensors, float[] x) {
    if (linear != null) {
      linear.gather(batch, table, x);
    } else {
      lookUp(batch);
      gather(table, tensors, x);
    }
  }

  /**
   * Brings field vectors up to date after a step: x is then what {@link #gather} would give.
   *
   * @param changed the rows that have changed since it gave x; where the scheme has tensors, these
   *     have changed as well
   */
  public void gatherAgain(EmbeddingTable table, Tensors tensors, RowGradients changed, float[] x) {
    if (composition != null) {
      gather(table, tensors, x);
    } else {
      lookups.gatherAgain(table, changed, dim, x);
    }
  }

  /**
   * The backward pass of {@link #gather}.
   *
   * @param table rows as they were gathered; likewise {@code tensors}
   * @param dx gradient with respect to the field vectors [B, F, D]
   * @param rows gets the gradients of rows added
   * @param dTensors of which the scheme's are overwritten
   */
  public void scatter(
      EmbeddingTable table, Tensors tensors, float[] dx, RowGradients rows, Tensors dTensors) {
    if (composition == null) {
      lookups.scatter(dx, rows);
      return;
    }
    for (float[] gradient : own(dTensors, gradients)) {
      Arrays.fill(gradient, 0f);
    }
    composition.scatter(table, own(tensors, weights), dx, rows, gradients);
  }

  private float[][] own(Tensors of, float[][] into) {
    System.arraycopy(of.values(), firstTensor, into, 0, into.length);
    return into;
  }
}
