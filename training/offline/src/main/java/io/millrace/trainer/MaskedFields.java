package io.millrace.trainer;

import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.model.Sigmoid;
import io.millrace.optimizer.Adagrad;
import io.millrace.trained.LabeledExamples;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Pre-trains a model's embedding table on examples whose labels are not looked at: the mean of the
 * other fields' vectors is to tell a field's value from the values that other examples have there
 * (continuous bag of words with negative sampling; Mikolov et al., NeurIPS 2013). No network, no
 * target encoder: seconds where {@link Pretraining} takes minutes.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector.
 */
public final class MaskedFields {
  private static final int NEGATIVES = 5;

  /** Between the examples that values are sampled from: other than order and batch size divide. */
  private static final int APART = 37;

  private final LinearScheme scheme;
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
  private double loss;
  private long choices;

  /**
   * An epoch.
   *
   * @param number from 1
   * @param loss mean log loss of telling a value from a sampled one; ln 2 is what guessing is worth
   */
  public record MaskedEpoch(int number, double loss) {}

  private MaskedFields(LinearScheme scheme, int batchSize, long seed) {
    this.scheme = scheme;
    int width = scheme.rowWidth();
    this.in = new LearnerTable(scheme.rows(), width, width, new InitialRows(seed, 0.1f, 0));
    this.out = new LearnerTable(scheme.rows(), width, width, new InitialRows(seed, 0, 0));
    this.gradients = new RowGradients(width);
    this.batch = new EncodedBatch(scheme.fields());
    int size = batchSize * scheme.fields() * scheme.dim();
    this.x = new float[size];
    this.o = new float[size];
    this.dx = new float[size];
    this.dOut = new float[size];
    this.context = new float[scheme.dim()];
    this.dContext = new float[scheme.dim()];
  }

  /**
   * Pre-trains.
   *
   * @param compiled the model whose table it is; what it computes above the table has no part
   * @param config of which batch size, epochs and seed count
   * @param progress told after each epoch
   * @return the rows that the other fields' vectors are made of
   * @throws IllegalArgumentException if the model has a single field: there are no others
   */
  public static PretrainedTable run(
      CompiledModel compiled,
      PretrainingConfig config,
      LabeledExamples examples,
      Consumer<MaskedEpoch> progress) {
    LinearScheme scheme = PretrainedTable.scheme(compiled);
    if (scheme.fields() < 2) {
      throw new IllegalArgumentException(
          "method MASKED_FIELDS: the schema has 1 feature, expected at least 2");
    }
    MaskedFields masked = new MaskedFields(scheme, config.batchSize(), config.seed());
    for (int number = 1; number <= config.epochs(); number++) {
      int[] order = EpochOrder.of(examples.size(), config.seed(), number);
      masked.loss = 0;
      masked.choices = 0;
      for (int from = 0; from < order.length; from += config.batchSize()) {
        int n = Math.min(config.batchSize(), order.length - from);
        masked.batch.clear();
        for (int b = 0; b < n; b++) {
          masked.batch.append(examples.encoded(), order[from + b]);
        }
        masked.step(n);
      }
      progress.accept(new MaskedEpoch(number, masked.loss / masked.choices));
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
      int of = (b + k * APART) % n;
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
    loss += Math.log1p(Math.exp(label == 1 ? -score : score));
    choices++;
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
