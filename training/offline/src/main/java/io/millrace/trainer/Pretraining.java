package io.millrace.trainer;

import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.model.djl.DjlModel;
import io.millrace.model.djl.DjlWorkspace;
import io.millrace.model.djl.JepaConfig;
import io.millrace.optimizer.Adam;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Pre-trains a model's embedding table on examples whose labels are not looked at, by T-JEPA; see
 * {@link JepaConfig}. Context and target encoder each have a table and weights of their own; the
 * target's are an exponential moving average of the context's, and their table is what is kept.
 *
 * <p>AdamW: Adam after a decay of the weights that goes by the learning rate (Loshchilov and
 * Hutter, ICLR 2019), gradients cut to ±1.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector, h width of a representation.
 */
public final class Pretraining {
  private final PretrainingConfig config;
  private final LabeledExamples examples;
  private final LinearScheme scheme;
  private final DjlModel model;
  private final long[] rows;
  private final LearnerTable table;
  private final LearnerTable targetTable;
  private final Tensors tensors;
  private final Tensors targetTensors;
  private final Tensors gradients;
  private final float[][] slots;
  private final RowGradients rowGradients;
  private final EncodedBatch batch;
  private final float[] vectors;
  private final float[] x;
  private final float[] dx;
  private final float[] row;
  private long step;

  /**
   * An epoch.
   *
   * @param number from 1
   * @param loss mean over examples
   * @param spread of the last batch's target representations
   */
  public record PretrainingEpoch(int number, double loss, Spread spread) {
    /** Loss over the targets' variance: 1 is what knowing the field alone is worth. */
    public double unexplained() {
      return loss / spread.variance();
    }
  }

  /**
   * What came of it.
   *
   * @param table the target encoder's rows
   * @param encoder its tensors
   * @param epochs in order
   */
  public record Result(PretrainedTable table, Tensors encoder, List<PretrainingEpoch> epochs) {}

  private Pretraining(CompiledModel compiled, PretrainingConfig config, LabeledExamples examples) {
    this.config = config;
    this.examples = examples;
    this.scheme = PretrainedTable.scheme(compiled);
    this.model = config.jepa().model(scheme.fields(), scheme.dim());
    this.rows = TrainedRows.of(scheme, examples);
    int width = scheme.rowWidth();
    InitialRows initial = new InitialRows(compiled.config().seed(), (float) config.initScale(), 0);
    int tableSlots = optimizer(1).slots(width);
    this.table = new LearnerTable(scheme.rows(), width, tableSlots, initial);
    this.targetTable = new LearnerTable(scheme.rows(), width, 0, initial);
    this.tensors = Tensors.initial(model.tensors(), config.seed());
    this.targetTensors = tensors.copy();
    this.gradients = Tensors.zeros(model.tensors());
    this.slots =
        model.tensors().stream()
            .map(spec -> new float[optimizer(1).slots(spec.size())])
            .toArray(float[][]::new);
    this.rowGradients = new RowGradients(width);
    this.batch = new EncodedBatch(scheme.fields());
    int size = config.batchSize();
    this.vectors = new float[size * scheme.fields() * scheme.dim()];
    this.x = new float[size * model.fields() * model.dim()];
    this.dx = new float[x.length];
    this.row = new float[width];
  }

  private static Adam optimizer(double rate) {
    return Adam.withLearningRate((float) rate);
  }

  /**
   * Pre-trains.
   *
   * @param compiled the model whose table it is; what it computes above the table has no part
   * @param progress told after each epoch
   */
  public static Result run(
      CompiledModel compiled,
      PretrainingConfig config,
      LabeledExamples examples,
      Consumer<PretrainingEpoch> progress) {
    Pretraining pretraining = new Pretraining(compiled, config, examples);
    List<PretrainingEpoch> epochs = new ArrayList<>();
    try (DjlWorkspace workspace = pretraining.model.newWorkspace()) {
      for (int number = 1; number <= config.epochs(); number++) {
        PretrainingEpoch epoch = pretraining.epoch(workspace, number);
        epochs.add(epoch);
        progress.accept(epoch);
      }
    }
    Weights kept =
        Weights.copy(pretraining.rows, pretraining.targetTable, pretraining.targetTensors);
    return new Result(
        new PretrainedTable(kept.rows(), kept.values()), kept.tensors(), List.copyOf(epochs));
  }

  private PretrainingEpoch epoch(DjlWorkspace workspace, int number) {
    int size = config.batchSize();
    int[] order = EpochOrder.of(examples.size(), config.seed(), number);
    long steps = (long) config.epochs() * ((order.length + size - 1) / size);
    double loss = 0;
    float[] targets = {};
    for (int from = 0; from < order.length; from += size) {
      int n = Math.min(size, order.length - from);
      batch.clear();
      for (int b = 0; b < n; b++) {
        batch.append(examples.encoded(), order[from + b]);
      }
      targets = targets(workspace, n);
      loss += step(workspace, targets, n, steps);
    }
    int h = config.jepa().width();
    int fields = scheme.fields();
    Spread spread = Spread.of(targets, targets.length / (fields * h), fields, h);
    return new PretrainingEpoch(number, loss / order.length, spread);
  }

  /** The target encoder's representations of the whole examples [B, F, h]. */
  private float[] targets(DjlWorkspace workspace, int n) {
    scheme.gather(batch, targetTable, vectors);
    interleave(n, new float[n * scheme.fields() * config.jepa().width()]);
    return workspace.intermediate(JepaConfig.REPRESENTATION, targetTensors, x, n);
  }

  /** Puts vectors and targets of each example one behind the other. */
  private void interleave(int n, float[] targets) {
    int own = scheme.fields() * scheme.dim();
    int other = scheme.fields() * config.jepa().width();
    for (int b = 0; b < n; b++) {
      System.arraycopy(vectors, b * own, x, b * (own + other), own);
      System.arraycopy(targets, b * other, x, b * (own + other) + own, other);
    }
  }

  /** Returns the sum of the losses. */
  private double step(DjlWorkspace workspace, float[] targets, int n, long steps) {
    scheme.gather(batch, table, vectors);
    interleave(n, targets);
    float[] losses = new float[n];
    workspace.forward(tensors, x, n, Long.rotateLeft(config.seed(), 32) ^ step, losses);
    double sum = 0;
    float[] dLosses = new float[n];
    for (int b = 0; b < n; b++) {
      sum += losses[b];
      dLosses[b] = 1f / n;
    }
    workspace.backward(dLosses, dx, gradients);
    int own = scheme.fields() * scheme.dim();
    int all = own + scheme.fields() * config.jepa().width();
    for (int b = 0; b < n; b++) {
      System.arraycopy(dx, b * all, vectors, b * own, own);
    }
    rowGradients.clear();
    scheme.scatter(batch, vectors, rowGradients);
    GradientClip.byValue(rowGradients, gradients.values(), 1);
    update(config.rate(step, steps), config.weightDecay(step, steps));
    follow((float) config.momentum(step, steps));
    step++;
    return sum;
  }

  private void update(double rate, double weightDecay) {
    Adam adam = optimizer(rate);
    table.update(rowGradients, adam::update);
    float kept = (float) (1 - rate * weightDecay);
    for (int t = 0; t < slots.length; t++) {
      float[] values = tensors.values()[t];
      TensorSpec spec = tensors.specs().get(t);
      if (spec.shape().length > 1) {
        for (int i = 0; i < values.length; i++) {
          values[i] *= kept;
        }
      }
      adam.update(values, 0, values.length, slots[t], 0, gradients.values()[t], 0);
    }
  }

  /** Moves the target encoder towards the context encoder. */
  private void follow(float momentum) {
    for (int t = 0; t < slots.length; t++) {
      float[] from = tensors.values()[t];
      float[] to = targetTensors.values()[t];
      for (int i = 0; i < to.length; i++) {
        to[i] = momentum * to[i] + (1 - momentum) * from[i];
      }
    }
    for (long r : rows) {
      Arrays.fill(row, 0);
      targetTable.addRow(r, momentum, row, 0);
      table.addRow(r, 1 - momentum, row, 0);
      targetTable.put(r, row, 0);
    }
  }
}
