package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.RowGradients;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Floats;
import io.millrace.learner.ModelKind;
import io.millrace.learner.NumericFields;
import io.millrace.metrics.Metrics;
import io.millrace.model.BinaryCrossEntropy;
import io.millrace.model.CtrModel;
import io.millrace.model.DivergedException;
import io.millrace.model.Sigmoid;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.optimizer.Optimizer;
import io.millrace.trained.Judge;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import io.millrace.trainer.TrainerConfig.L2Scope;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One model's weights in training, an epoch at a time. The same seeds, config and examples give the
 * same weights to the bit. Not thread-safe.
 *
 * <p>Where steps overlap, a second thread makes the next step ready while this one computes: it
 * takes the examples, looks their rows up and gathers their field vectors. After this step's update
 * the vectors with a row that it changed are gathered again, so that the weights are those without
 * overlap, to the bit. Where every step changes every row, as L2 on the whole table does at once or
 * later ({@link TrainerConfig.L2Scope}), or the embedding has tensors of its own, all vectors are
 * gathered after the update, and only examples and lookups are ready before.
 *
 * <p>Shapes: B examples, F fields, D dimension of a field vector, W values of a row.
 */
final class Trainer implements AutoCloseable {
  /** Largest magnitude of a logit: beyond it no epoch will bring the model back. */
  private static final float LARGEST_LOGIT = 1e4f;

  /** Examples that are predicted at a time. */
  private static final int JUDGED = 4096;

  private final CompiledModel compiled;
  private final TrainerConfig config;
  private final int batchSize;
  private final double l2;
  private final EmbeddingScheme scheme;
  private final CtrModel.Workspace workspace;
  private final NumericFields numbers;
  private final LearnerTable table;
  private final Tensors tensors;
  private final Tensors gradients;
  private final float[][] slots;
  private final float[][] weightGradients;
  private final RowGradients rowGradients;
  private final Ahead ahead;
  private final boolean early; // whether vectors are gathered before the update as well
  private final @Nullable LazyDecay lazy;
  private final @Nullable RowShares shares;
  private final @Nullable FieldPrecisions precisions;
  private final boolean hardens; // whether L2 grows as rates fall
  private final int linear; // columns at the start of a row
  private final float[] rowValues;
  private final EmbeddingTable source;
  private TrainingStep step;
  private TrainingStep next;
  private final float[] dx;
  private final float[] logits;
  private final float[] dLogits;
  private double stepLoss;
  private double variance; // of the labels as they are predicted, summed over the epoch
  private double rate = 1; // factor on the learning rates in this epoch
  private final long[] trainedRows;
  private final LabeledExamples train;
  private final @Nullable WeightAverage average;
  private long steps;

  /**
   * Prepares fresh weights, which answer the config's prior for every example.
   *
   * @param config of which nothing is left open
   * @param start rows to begin with, or null
   * @param overlapped whether the next step is made ready beside this one's computation
   */
  Trainer(
      CompiledModel compiled,
      TrainerConfig config,
      LabeledExamples train,
      @Nullable PretrainedTable start,
      boolean overlapped) {
    this.compiled = compiled;
    this.config = config;
    this.batchSize = Objects.requireNonNull(config.batchSize());
    boolean isOpen = config.l2() == null;
    this.l2 =
        config.l2() == null ? FileDefaults.l2(compiled.config().kind(), train.size()) : config.l2();
    L2Scope scope = Objects.requireNonNull(config.l2Scope());
    double decay = Objects.requireNonNull(config.averaging());
    this.linear = compiled.linearColumns();
    this.train = train;
    this.scheme = compiled.scheme();
    this.workspace = compiled.model().newWorkspace();
    this.numbers = new NumericFields(compiled.schema());
    int width = scheme.rowWidth();
    this.table = compiled.newTable();
    if (start != null) {
      start.copyTo(table);
    }
    this.tensors = StillOutputs.of(compiled.initialTensors());
    this.gradients = Tensors.zeros(compiled.model().tensors());
    Optimizer dense = compiled.config().denseOptimizer();
    this.slots =
        tensors.specs().stream()
            .map(spec -> new float[isWeight(spec) ? dense.slots(spec.size()) : 0])
            .toArray(float[][]::new);
    this.weightGradients =
        java.util.stream.IntStream.range(0, slots.length)
            .filter(t -> isWeight(tensors.specs().get(t)))
            .mapToObj(t -> gradients.values()[t])
            .toArray(float[][]::new);
    this.rowGradients = new RowGradients(width);
    int size = Math.min(batchSize, train.size());
    this.step = new TrainingStep(compiled, size);
    this.next = new TrainingStep(compiled, size);
    this.dx = new float[size * scheme.fields() * scheme.dim()];
    this.logits = new float[size];
    this.dLogits = new float[size];
    this.trainedRows = TrainedRows.of(scheme, train);
    boolean isLazy = l2 > 0 && scope == L2Scope.LAZY;
    boolean byField = isOpen && linear > 0 && (scope == L2Scope.SHARED || scope == L2Scope.TABLE);
    boolean isShared = l2 > 0 && scope == L2Scope.SHARED;
    RowShares known = isShared || byField ? new RowShares(scheme, train, size) : null;
    this.shares = known;
    this.precisions =
        byField && known != null ? new FieldPrecisions(scheme.fields(), known, trainedRows) : null;
    this.hardens = isOpen && compiled.config().kind() == ModelKind.FM;
    this.rowValues = new float[width];
    this.lazy = isLazy ? new LazyDecay(table, trainedRows) : null;
    this.source = lazy == null ? table : lazy;
    boolean everyRowChanges = isLazy || (l2 > 0 && scope == L2Scope.TABLE);
    this.early = overlapped && !everyRowChanges && scheme instanceof LinearScheme;
    this.ahead = new Ahead(overlapped);
    this.average =
        decay > 0
            ? new WeightAverage(decay, Weights.copy(trainedRows, table, tensors), scheme.rowWidth())
            : null;
  }

  private static boolean isWeight(TensorSpec spec) {
    return spec.role() instanceof TensorSpec.Role.Weight;
  }

  /**
   * One pass over the training set in the epoch's own order.
   *
   * @param epoch from 1
   * @param rate factor on the learning rates
   * @param calibrated whether to learn from {@link CalibratedTargets} of the weights before the
   *     epoch, not from labels
   * @return mean loss in nats, in training mode
   */
  double epoch(int epoch, double rate, boolean calibrated, TrainingProgress progress) {
    float[] calibratedTargets = calibrated ? calibratedTargets() : null;
    int[] order = EpochOrder.of(train.size(), config.seed(), epoch);
    Optimizer rowOptimizer = compiled.rowOptimizer().scaled((float) rate);
    Optimizer denseOptimizer = compiled.config().denseOptimizer().scaled((float) rate);
    if (lazy != null) {
      lazy.begin(LazyDecay.rate(compiled.config().rowOptimizer()) * rate * l2);
    }
    this.rate = rate;
    variance = 0;
    double loss = 0;
    int batches = (order.length - 1) / batchSize + 1;
    assemble(step, order, 0, batches, calibratedTargets);
    step.gather(source, tensors);
    int done = 0;
    for (int batch = 0; batch < batches; batch++) {
      int after = batch + 1;
      boolean last = after == batches;
      TrainingStep coming = next;
      if (!last) {
        ahead.begin(
            () -> {
              assemble(coming, order, after, batches, calibratedTargets);
              if (early) {
                coming.gather(table, tensors);
              }
            });
      }
      loss += gradients();
      ahead.await();
      update(rowOptimizer, denseOptimizer);
      if (!last) {
        if (early) {
          coming.gatherAgain(table, tensors, rowGradients);
        } else {
          coming.gather(source, tensors);
        }
      }
      done += step.size();
      progress.done("epoch " + epoch, done, order.length);
      next = step;
      step = coming;
    }
    if (lazy != null) {
      lazy.settle();
    }
    if (precisions != null) {
      precisions.update(table, variance / order.length);
    }
    return loss / order.length;
  }

  /** Batches differ by one example at most: one of a few would say little of its statistics. */
  private void assemble(
      TrainingStep into, int[] order, int batch, int batches, float @Nullable [] calibrated) {
    int from = (int) ((long) order.length * batch / batches);
    int to = (int) ((long) order.length * (batch + 1) / batches);
    into.assemble(train, order, from, to - from, calibrated);
  }

  private float[] calibratedTargets() {
    float[] probabilities = new float[train.size()];
    predict(train, (example, logit) -> probabilities[example] = (float) Sigmoid.of(logit));
    return CalibratedTargets.of(config.cape(), probabilities, train.labels());
  }

  /** Computes the step's gradients, and returns the sum of the losses. */
  private double gradients() {
    int size = step.size();
    long dropoutSeed = Long.rotateLeft(config.seed(), 32) ^ steps++;
    stepLoss = 0;
    try {
      workspace.step(
          tensors,
          step.x(),
          step.missing(),
          size,
          dropoutSeed,
          this::lossGradients,
          logits,
          dLogits,
          dx,
          gradients);
    } catch (DivergedException e) {
      throw new DivergedException(
          "step %d: %s; %s".formatted(steps, e.getMessage(), step.numbers(numbers)));
    }
    return stepLoss;
  }

  /**
   * @throws DivergedException if a logit is no number, or none that training comes back from
   */
  private static void requireUsable(float logit) {
    if (!(Math.abs(logit) <= LARGEST_LOGIT)) {
      throw new DivergedException(
          "logit: %s, expected a magnitude of at most %s".formatted(logit, LARGEST_LOGIT));
    }
  }

  /** Adds the losses of some of the step's examples, and computes their gradients. */
  private void lossGradients(int first, int count, float[] logits, float[] dLogits) {
    for (int b = first; b < first + count; b++) {
      requireUsable(logits[b]);
      float target = step.target(b);
      double probability = Sigmoid.of(logits[b]);
      variance += probability * (1 - probability);
      stepLoss += BinaryCrossEntropy.loss(logits[b], target);
      dLogits[b] = (float) BinaryCrossEntropy.gradient(probability, target) / step.size();
    }
  }

  private void update(Optimizer rowOptimizer, Optimizer denseOptimizer) {
    rowGradients.clear();
    step.scatter(source, tensors, dx, rowGradients, gradients);
    decay();
    if (config.clipValue() > 0) {
      GradientClip.byValue(rowGradients, weightGradients, (float) config.clipValue());
    }
    if (config.clipNorm() > 0) {
      GradientClip.byNorm(rowGradients, weightGradients, config.clipNorm());
    }
    table.update(rowGradients, rowOptimizer::update);
    for (int t = 0; t < slots.length; t++) {
      float[] values = tensors.values()[t];
      float[] gradient = gradients.values()[t];
      if (tensors.specs().get(t).role() instanceof TensorSpec.Role.RunningStatistic statistic) {
        statistic.blend(values, gradient);
      } else {
        denseOptimizer.update(values, 0, values.length, slots[t], 0, gradient, 0);
      }
    }
    if (average != null) {
      average.add(source, tensors);
    }
  }

  /** Adds the gradient of the L2 term; lazily, shrinks the rows instead. */
  private void decay() {
    if (l2 == 0) {
      return;
    }
    switch (Objects.requireNonNull(config.l2Scope())) {
      case TABLE -> {
        for (long r : trainedRows) {
          decay(r, 1);
        }
      }
      case BATCH -> {
        for (int i = 0, n = rowGradients.size(); i < n; i++) {
          decay(rowGradients.row(i), 1);
        }
      }
      case SHARED -> {
        RowShares known = Objects.requireNonNull(shares);
        for (int i = 0, n = rowGradients.size(); i < n; i++) {
          long r = rowGradients.row(i);
          decay(r, 1 / known.of(r));
        }
      }
      case LAZY -> Objects.requireNonNull(lazy).step(rowGradients);
    }
  }

  /**
   * Adds the gradient of the L2 term of one row.
   *
   * @param times that it counts, since it is not added in each step
   */
  private void decay(long r, double times) {
    int at = rowGradients.offset(r);
    if (precisions == null) {
      table.addRow(r, (float) (l2 * times), rowGradients.values(), at);
      return;
    }
    float first = (float) (precisions.of(r) * times / train.size());
    float others = (float) (hardens ? l2 * times * FileDefaults.hardening(rate) : l2 * times);
    Arrays.fill(rowValues, 0);
    table.addRow(r, 1, rowValues, 0);
    float[] into = rowGradients.values();
    for (int i = 0; i < rowValues.length; i++) {
      into[at + i] += (i < linear ? first : others) * rowValues[i];
    }
  }

  /**
   * Metrics of {@link #weights}, as a server would answer.
   *
   * @throws DivergedException if a logit is no number, or too large
   */
  Metrics evaluate(LabeledExamples examples) {
    if (average == null) {
      return Judge.evaluate(examples, answer -> predict(examples, answer));
    }
    Weights current = Weights.copy(trainedRows, table, tensors);
    average.weights().copyTo(table, tensors);
    Metrics metrics = Judge.evaluate(examples, answer -> predict(examples, answer));
    current.copyTo(table, tensors);
    return metrics;
  }

  private void predict(LabeledExamples examples, Judge.Answer answer) {
    Judge.Answer checked =
        (example, logit) -> {
          try {
            requireUsable(logit);
          } catch (DivergedException e) {
            throw new DivergedException(
                "example %d: %s; %s"
                    .formatted(
                        example,
                        e.getMessage(),
                        numbers.advice(examples.encoded(), example, example + 1)));
          }
          answer.accept(example, logit);
        };
    Judge.predict(scheme, workspace, table, tensors, examples, JUDGED, checked);
  }

  /** Goes back to earlier weights; what the optimizers remember stays. */
  void restore(Weights earlier) {
    earlier.copyTo(table, tensors);
    if (average != null) {
      average.set(earlier);
    }
  }

  /**
   * Writes everything that the next epoch depends on, big endian: steps as long; of each tensor its
   * values and slots as floats; int pages, of each its number, int length and bytes ({@link
   * LearnerTable}); the average and the fields' precisions, if there are any.
   */
  void write(DataOutputStream out) throws IOException {
    out.writeLong(steps);
    for (int t = 0; t < slots.length; t++) {
      Floats.write(tensors.values()[t], out);
      Floats.write(slots[t], out);
    }
    TreeMap<Integer, byte[]> pages = new TreeMap<>();
    table.forEachUpdatedPage(pages::put);
    out.writeInt(pages.size());
    for (Map.Entry<Integer, byte[]> page : pages.entrySet()) {
      out.writeInt(page.getKey());
      out.writeInt(page.getValue().length);
      out.write(page.getValue());
    }
    if (average != null) {
      average.write(out);
    }
    if (precisions != null) {
      precisions.write(out);
    }
  }

  /** Goes on from what {@link #write} wrote; this trainer must not have begun. */
  void read(DataInputStream in) throws IOException {
    steps = in.readLong();
    for (int t = 0; t < slots.length; t++) {
      Floats.read(in, tensors.values()[t]);
      Floats.read(in, slots[t]);
    }
    int pages = in.readInt();
    for (int i = 0; i < pages; i++) {
      int page = in.readInt();
      table.restorePage(page, in.readNBytes(in.readInt()));
    }
    if (average != null) {
      average.read(in);
    }
    if (precisions != null) {
      precisions.read(in);
    }
  }

  /** A copy of the weights to keep: the average, if there is one. */
  Weights weights() {
    return average == null ? Weights.copy(trainedRows, table, tensors) : average.weights().copy();
  }

  @Override
  public void close() {
    ahead.close();
    workspace.close();
  }
}
