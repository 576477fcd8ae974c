package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.model.Sigmoid;
import io.millrace.optimizer.Adagrad;
import java.util.Arrays;

/**
 * The simple baseline of pre-training without labels: the mean of the other fields' vectors is to
 * tell a field's value from the values that other examples have there (continuous bag of words with
 * negative sampling; Mikolov et al., NeurIPS 2013). No network, no target encoder.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector.
 */
final class MaskedFields {
  private static final int BATCH = 512;
  private static final int EPOCHS = 10;
  private static final int NEGATIVES = 5;

  private final EmbeddingScheme scheme;
  private final LearnerTable in;
  private final LearnerTable out;
  private final RowGradients gradients;
  private final Adagrad rule = new Adagrad(0.05f, 1e-8f, 0.01f);
  private final EncodedBatch batch;
  private final float[] x;
  private final float[] o;
  private final float[] dx;
  private final float[] dOut;
  private final float[] context;
  private final float[] dContext;

  private MaskedFields(EmbeddingScheme scheme, long seed) {
    this.scheme = scheme;
    int width = scheme.rowWidth();
    this.in = new LearnerTable(scheme.rows(), width, width, new InitialRows(seed, 0.1f, 0));
    this.out = new LearnerTable(scheme.rows(), width, width, new InitialRows(seed, 0, 0));
    this.gradients = new RowGradients(width);
    this.batch = new EncodedBatch(scheme.fields());
    int size = BATCH * scheme.fields() * scheme.dim();
    this.x = new float[size];
    this.o = new float[size];
    this.dx = new float[size];
    this.dOut = new float[size];
    this.context = new float[scheme.dim()];
    this.dContext = new float[scheme.dim()];
  }

  /** The rows of the context. */
  static PretrainedTable train(EmbeddingScheme scheme, LabeledExamples examples, long seed) {
    MaskedFields masked = new MaskedFields(scheme, seed);
    for (int epoch = 1; epoch <= EPOCHS; epoch++) {
      int[] order = EpochOrder.of(examples.size(), seed, epoch);
      for (int from = 0; from < order.length; from += BATCH) {
        int n = Math.min(BATCH, order.length - from);
        masked.batch.clear();
        for (int b = 0; b < n; b++) {
          masked.batch.append(examples.encoded(), order[from + b]);
        }
        masked.step(n);
      }
    }
    long[] rows = TrainedRows.of(scheme, examples);
    int width = scheme.rowWidth();
    float[] values = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      masked.in.addRow(rows[i], 1, values, i * width);
    }
    return new PretrainedTable(rows, values);
  }

  private void step(int n) {
    int size = n * scheme.fields() * scheme.dim();
    scheme.gather(batch, in, x);
    scheme.gather(batch, out, o);
    Arrays.fill(dx, 0, size, 0);
    Arrays.fill(dOut, 0, size, 0);
    for (int b = 0; b < n; b++) {
      for (int f = 0; f < scheme.fields(); f++) {
        masked(n, b, f);
      }
    }
    update(in, dx);
    update(out, dOut);
  }

  private void masked(int n, int b, int field) {
    int fields = scheme.fields();
    int dim = scheme.dim();
    Arrays.fill(context, 0);
    Arrays.fill(dContext, 0);
    for (int f = 0; f < fields; f++) {
      for (int i = 0; f != field && i < dim; i++) {
        context[i] += x[(b * fields + f) * dim + i] / (fields - 1);
      }
    }
    for (int k = 0; k <= NEGATIVES; k++) {
      int of = (b + k * 37) % n;
      if (k == 0 || !same(b, of, field)) {
        score((of * fields + field) * dim, k == 0 ? 1 : 0, n);
      }
    }
    for (int f = 0; f < fields; f++) {
      for (int i = 0; f != field && i < dim; i++) {
        dx[(b * fields + f) * dim + i] += dContext[i] / (fields - 1);
      }
    }
  }

  private void score(int at, int label, int n) {
    double score = 0;
    for (int i = 0; i < context.length; i++) {
      score += context[i] * o[at + i];
    }
    float d = (float) ((Sigmoid.of(score) - label) / n);
    for (int i = 0; i < context.length; i++) {
      dContext[i] += d * o[at + i];
      dOut[at + i] += d * context[i];
    }
  }

  private boolean same(int a, int b, int field) {
    int count = batch.end(a, field) - batch.start(a, field);
    if (count != batch.end(b, field) - batch.start(b, field)) {
      return false;
    }
    for (int t = 0; t < count; t++) {
      if (batch.token(batch.start(a, field) + t) != batch.token(batch.start(b, field) + t)) {
        return false;
      }
    }
    return true;
  }

  private void update(LearnerTable table, float[] d) {
    gradients.clear();
    scheme.scatter(batch, d, gradients);
    table.update(gradients, rule::update);
  }
}
