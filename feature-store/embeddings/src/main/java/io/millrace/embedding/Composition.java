package io.millrace.embedding;

import io.millrace.bits.SplitMix64;
import io.millrace.feature.EncodedBatch;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Field vectors of a {@link ComposedScheme}. A token that a batch holds more than once is computed
 * once, and its gradients are summed before they go back through it. Buffers grow and are reused.
 * Not thread-safe.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector.
 */
public final class Composition {
  private final int fields;
  private final int dim;
  private final ComposedScheme.TokenFunction function;
  private final RowGradients vectors; // of each distinct token of a field
  private final RowGradients sums; // of gradients, likewise
  private @Nullable EncodedBatch batch;
  private float[] weights = new float[64];
  private int[] firstUses = new int[64]; // of each entry of the sums a token of the batch
  private int[] usingFields = new int[64];

  /** Prepares buffers for a scheme. */
  public Composition(ComposedScheme scheme) {
    this.fields = scheme.fields();
    this.dim = scheme.dim();
    this.function = scheme.newFunction();
    this.vectors = new RowGradients(dim);
    this.sums = new RowGradients(dim);
  }

  /**
   * Takes a batch and the weights of its tokens.
   *
   * @param batch must stay as it is until the last call that is for it
   */
  public void take(EncodedBatch batch) {
    this.batch = batch;
    int tokens = batch.tokenCount();
    if (weights.length < tokens) {
      weights = new float[Math.max(tokens, 2 * weights.length)];
    }
    for (int t = 0; t < tokens; t++) {
      weights[t] = batch.weight(t);
    }
  }

  /** Gives all tokens of a field vector another weight. */
  public void weigh(int vector, float weight) {
    EncodedBatch taken = taken();
    int b = vector / fields;
    int f = vector % fields;
    Arrays.fill(weights, taken.start(b, f), taken.end(b, f), weight);
  }

  /**
   * Composes all field vectors.
   *
   * @param tensors the scheme's
   * @param x [B, F, D], overwritten
   */
  public void gather(EmbeddingTable table, float[][] tensors, float[] x) {
    EncodedBatch taken = taken();
    vectors.clear();
    Arrays.fill(x, 0, taken.size() * fields * dim, 0f);
    for (int v = 0, at = 0; v < taken.size() * fields; v++, at += dim) {
      int f = v % fields;
      for (int t = taken.start(v / fields, f), end = taken.end(v / fields, f); t < end; t++) {
        int from = vector(f, taken.token(t), table, tensors);
        float[] values = vectors.values();
        float weight = weights[t];
        for (int i = 0; i < dim; i++) {
          x[at + i] += weight * values[from + i];
        }
      }
    }
  }

  private int vector(int field, long token, EmbeddingTable table, float[][] tensors) {
    int before = vectors.size();
    int at = vectors.offset(key(field, token));
    if (vectors.size() > before) {
      function.compose(field, token, table, tensors, vectors.values(), at);
    }
    return at;
  }

  /** Two fields may share a token, and yet make other vectors of it. */
  private static long key(int field, long token) {
    return SplitMix64.mix(token + field * SplitMix64.GOLDEN);
  }

  /**
   * The backward pass of {@link #gather}.
   *
   * @param table rows as they were gathered; likewise {@code tensors}
   * @param dx gradient with respect to the field vectors [B, F, D]
   * @param rows gets the gradients of rows added
   * @param gradients of the tensors, added
   */
  public void scatter(
      EmbeddingTable table, float[][] tensors, float[] dx, RowGradients rows, float[][] gradients) {
    EncodedBatch taken = taken();
    sums.clear();
    for (int v = 0, at = 0; v < taken.size() * fields; v++, at += dim) {
      int f = v % fields;
      for (int t = taken.start(v / fields, f), end = taken.end(v / fields, f); t < end; t++) {
        int before = sums.size();
        sums.add(key(f, taken.token(t)), weights[t], dx, at);
        if (sums.size() > before) {
          remember(before, t, f);
        }
      }
    }
    for (int i = 0; i < sums.size(); i++) {
      long token = taken.token(firstUses[i]);
      function.backward(
          usingFields[i], token, table, tensors, sums.values(), i * dim, rows, gradients);
    }
  }

  private void remember(int entry, int token, int field) {
    if (entry == firstUses.length) {
      firstUses = Arrays.copyOf(firstUses, 2 * entry);
      usingFields = Arrays.copyOf(usingFields, 2 * entry);
    }
    firstUses[entry] = token;
    usingFields[entry] = field;
  }

  private EncodedBatch taken() {
    EncodedBatch taken = batch;
    if (taken == null) {
      throw new IllegalStateException("no batch was taken, expected take() before");
    }
    return taken;
  }
}
