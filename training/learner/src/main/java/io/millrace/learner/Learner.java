package io.millrace.learner;

import io.millrace.calibration.CalibrationMap;
import io.millrace.calibration.SlidingCalibration;
import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.model.DivergedException;
import io.millrace.model.FieldGrowth;
import io.millrace.model.Label;
import io.millrace.model.Sigmoid;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Predicts, then learns, one step at a time. A step's examples are all predicted with the weights
 * before it, which makes the metrics an honest progressive validation; then their gradients are
 * summed by row and by tensor (summed, not averaged: a row seen once in a step learns the same
 * whatever the step size) and each row and tensor is updated once. A model that has a training mode
 * predicts as a server would, and then learns in that mode. Where the config asks for calibration,
 * the answer is the calibrated prediction; the gradient stays that of the model's own.
 *
 * <p>A step that would make a number too large or none is not taken, and changes nothing: see
 * {@link #learn} and {@link StepGuard}. Numbers whose scale nobody has set are scaled, see {@link
 * NumericScales}.
 *
 * <p>Who calls {@link #learn} cuts the steps. Nothing is allocated per step once the buffers have
 * grown to the largest batch. State = pages of {@link #table} + {@link #denseState}. Not
 * thread-safe.
 */
public final class Learner implements AutoCloseable {
  /** Name of the published scales of numeric features, where the config asks for scaling. */
  public static final String NUMERIC_SCALES = NumericScales.TENSOR;

  /** Largest magnitude of a logit. */
  static final float LARGEST_LOGIT = 1e6f;

  private static final int MAX_CLOSED_SEGMENTS = 10_000;

  private final ModelConfig config;
  private final EmbeddingScheme scheme;
  private final CtrModel.Workspace workspace;
  private final Optimizer denseOptimizer;
  private final LearnerTable table;
  private final Tensors tensors;
  private final Tensors gradients;
  private final float[][] tensorSlots;
  private final FieldVectors vectors;
  private final RowGradients rowGradients;
  private final Optimizer rowOptimizer;
  private final StepGuard guard;
  private final NumericFields numbers;
  private final long segmentExamples;
  private final long seed;
  private final boolean predictsApart;
  private final StreamLoss loss = new StreamLoss();

  private final List<Metrics> closedSegments = new ArrayList<>();
  private NumericScales scales;
  private SlidingCalibration calibration;
  private Evaluation uncalibrated = new Evaluation();
  private Evaluation total = new Evaluation();
  private Evaluation segment = new Evaluation();
  private float[] x = new float[0];
  private float[] dx = new float[0];
  private float[] logits = new float[0];
  private float[] dLogits = new float[0];
  private float[] predictions = new float[0]; // used by models with a training mode only
  private double[] answers = new double[0]; // [B] probabilities before calibration

  /**
   * @param segmentExamples length of a segment of the evaluation in examples, at least 1; {@link
   *     Long#MAX_VALUE} for a single one
   */
  public Learner(CompiledModel compiled, long segmentExamples) {
    this(compiled, segmentExamples, compiled.newTable());
  }

  private Learner(CompiledModel compiled, long segmentExamples, LearnerTable table) {
    if (segmentExamples < 1) {
      throw new IllegalArgumentException(
          "segmentExamples: " + segmentExamples + ", expected at least 1");
    }
    this.config = compiled.config();
    CtrModel model = compiled.model();
    this.scheme = compiled.scheme();
    this.vectors = compiled.newFieldVectors();
    this.workspace = model.newWorkspace();
    this.rowOptimizer = compiled.rowOptimizer();
    this.denseOptimizer = config.denseOptimizer();
    int width = scheme.rowWidth();
    this.table = table;
    this.tensors = compiled.initialTensors();
    this.gradients = Tensors.zeros(model.tensors());
    this.tensorSlots =
        model.tensors().stream().map(spec -> new float[slots(spec)]).toArray(float[][]::new);
    this.rowGradients = new RowGradients(width);
    this.guard =
        new StepGuard(
            table,
            rowOptimizer,
            compiled.initialRows().largest(),
            tensors,
            denseOptimizer,
            tensorSlots);
    this.numbers = new NumericFields(compiled.schema());
    this.scales = new NumericScales(config.numericScaling(), numbers);
    this.calibration = new SlidingCalibration(config.calibration());
    this.segmentExamples = segmentExamples;
    this.seed = config.seed();
    this.predictsApart = model.hasTrainingMode();
  }

  /** A running statistic needs none. */
  private int slots(TensorSpec spec) {
    return spec.role() instanceof TensorSpec.Role.Weight ? denseOptimizer.slots(spec.size()) : 0;
  }

  /**
   * The learner of a model that has taken in further fields: it goes on with this one's table,
   * weights, optimizer slots and evaluations. This one is closed and must not be used again.
   *
   * @param next the same config compiled from a schema with all fields of this one's, and others
   * @param positions [F], of each of this model's fields its number in the next one
   * @throws IllegalArgumentException if it is not that; this one can go on then
   */
  public Learner grown(CompiledModel next, int[] positions) {
    if (!next.config().equals(config)
        || next.scheme().rows() != scheme.rows()
        || next.scheme().rowWidth() != scheme.rowWidth()) {
      throw new IllegalArgumentException(
          "model %s with rows of %d values, expected %s with %d as before"
              .formatted(
                  next.config().name(),
                  next.scheme().rowWidth(),
                  config.name(),
                  scheme.rowWidth()));
    }
    FieldGrowth growth = new FieldGrowth(positions, next.scheme().fields());
    Learner grown = new Learner(next, segmentExamples, table);
    for (int t = 0; t < tensorSlots.length; t++) {
      TensorSpec from = tensors.specs().get(t);
      TensorSpec to = grown.tensors.specs().get(t);
      grown.tensors.values()[t] = growth.grow(from, to, tensors.values()[t]);
      grown.tensorSlots[t] = grownSlots(growth, from, to, tensorSlots[t]);
    }
    grown.scales = scales.grown(grown.numbers, positions);
    grown.calibration = calibration;
    grown.uncalibrated = uncalibrated;
    grown.total = total;
    grown.segment = segment;
    grown.closedSegments.addAll(closedSegments);
    close();
    return grown;
  }

  /** Slots are what an optimizer keeps of the whole tensor, then arrays as long as the tensor. */
  private float[] grownSlots(FieldGrowth growth, TensorSpec from, TensorSpec to, float[] slots) {
    if (slots.length == 0) {
      return slots;
    }
    int head = denseOptimizer.slots(0);
    float[] grown = new float[denseOptimizer.slots(to.size())];
    System.arraycopy(slots, 0, grown, 0, head);
    int arrays = (slots.length - head) / from.size();
    for (int a = 0; a < arrays; a++) {
      int at = head + a * from.size();
      float[] array = growth.grow(from, to, Arrays.copyOfRange(slots, at, at + from.size()));
      System.arraycopy(array, 0, grown, head + a * to.size(), to.size());
    }
    return grown;
  }

  /**
   * One step: predicts every example, then learns from all. A running statistic moves towards that
   * of the step.
   *
   * <p>An example that would give a logit, a gradient, a weight or a statistic that is too large or
   * no number is left out, and the others are a step without it. Which ones these are is found by
   * taking each for itself; where none of them alone is the reason, the whole step is left out.
   * What is left out changes nothing, neither weights, slots and statistics nor evaluations.
   *
   * @param batch B encoded examples; an empty one changes nothing
   * @param labels [B], of {@link Label}; a correction is not evaluated, and no calibration is
   *     fitted on it
   * @param probabilities [B], written: the predictions before learning, calibrated; NaN of an
   *     example that was left out
   * @return the examples that were left out, in their order; empty if all were learned
   */
  public List<Unlearnable> learn(EncodedBatch batch, byte[] labels, float[] probabilities) {
    return step(batch, labels, null, probabilities, true);
  }

  /**
   * As {@link #learn(EncodedBatch, byte[], float[])}, from examples that count more or less than
   * once: the loss that is learned from is the sum of theirs, each times its importance. What is
   * evaluated, and what calibration is fitted on, is each example once.
   *
   * @param importance [B], at least 0 each
   */
  public List<Unlearnable> learn(
      EncodedBatch batch, byte[] labels, float[] importance, float[] probabilities) {
    return step(batch, labels, importance, probabilities, true);
  }

  /**
   * As {@link #learn}, but learns nothing: predicts and evaluates, and changes neither weights,
   * slots and statistics nor calibration and scales.
   */
  public List<Unlearnable> predict(EncodedBatch batch, byte[] labels, float[] probabilities) {
    return step(batch, labels, null, probabilities, false);
  }

  private List<Unlearnable> step(
      EncodedBatch batch,
      byte[] labels,
      float @Nullable [] importance,
      float[] probabilities,
      boolean learns) {
    if (batch.size() == 0) {
      return List.of();
    }
    String problem = take(batch, labels, importance, probabilities, learns);
    return problem == null
        ? List.of()
        : leftOut(batch, labels, importance, probabilities, learns, problem);
  }

  /** Learns from those examples that have no problem by themselves. */
  private List<Unlearnable> leftOut(
      EncodedBatch batch,
      byte[] labels,
      float @Nullable [] importance,
      float[] probabilities,
      boolean learns,
      String problem) {
    int size = batch.size();
    List<Unlearnable> out = new ArrayList<>();
    EncodedBatch some = new EncodedBatch(batch.fields());
    int[] places = new int[size];
    byte[] someLabels = new byte[size];
    float[] someImportance = importance == null ? null : new float[size];
    for (int b = 0; b < size && size > 1; b++) {
      some.clear();
      some.append(batch, b);
      float[] once = importance == null ? null : new float[] {importance[b]};
      String own = compute(some, new byte[] {labels[b]}, once);
      if (own != null) {
        out.add(new Unlearnable(b, own + "; " + numbers.largest(batch, b, b + 1)));
      }
    }
    some.clear();
    for (int b = 0, next = 0; b < size; b++) {
      if (next < out.size() && out.get(next).example() == b) {
        next++;
      } else {
        places[some.size()] = b;
        someLabels[some.size()] = labels[b];
        if (someImportance != null && importance != null) {
          someImportance[some.size()] = importance[b];
        }
        some.append(batch, b);
      }
    }
    Arrays.fill(probabilities, 0, size, Float.NaN);
    float[] someProbabilities = new float[size];
    String rest = problem;
    if (!out.isEmpty()) {
      rest =
          some.size() == 0
              ? null
              : take(some, someLabels, someImportance, someProbabilities, learns);
    }
    for (int i = 0; i < some.size(); i++) {
      if (rest == null) {
        probabilities[places[i]] = someProbabilities[i];
      } else {
        String all = rest + "; " + numbers.largest(some, 0, some.size());
        out.add(new Unlearnable(places[i], all));
      }
    }
    out.sort(Comparator.comparingInt(Unlearnable::example));
    return out;
  }

  /** Takes a step, or says why not; nothing has changed then. */
  private @Nullable String take(
      EncodedBatch batch,
      byte[] labels,
      float @Nullable [] importance,
      float[] probabilities,
      boolean learns) {
    String problem = compute(batch, labels, importance);
    if (problem == null && learns) {
      problem = guard.update(rowGradients, gradients);
    }
    if (problem != null) {
      return problem;
    }
    int size = batch.size();
    float[] predicted = predictsApart ? predictions : logits;
    for (int b = 0; b < size; b++) {
      probabilities[b] = (float) evaluate(predicted[b], answers[b], labels[b]);
    }
    if (!learns) {
      return null;
    }
    for (int b = 0; b < size; b++) {
      if (!Label.corrects(labels[b])) {
        calibration.add(predicted[b], labels[b]);
      }
    }
    scales.add(batch);
    return null;
  }

  /** Computes predictions and gradients, or says which of them is too large or no number. */
  private @Nullable String compute(
      EncodedBatch batch, byte[] labels, float @Nullable [] importance) {
    int size = batch.size();
    reserve(size);
    vectors.lookUp(batch);
    if (!scales.isEmpty()) {
      scales.weigh(batch, vectors);
    }
    vectors.gather(table, tensors, x);
    boolean[] missing = batch.missing();
    float[] predicted = predictsApart ? predictions : logits;
    loss.of(predicted, labels, importance);
    try {
      if (predictsApart) {
        workspace.infer(tensors, x, missing, size, predicted);
      }
      workspace.step(
          tensors, x, missing, size, dropoutSeed(), loss, logits, dLogits, dx, gradients);
    } catch (DivergedException e) {
      return e.getMessage();
    }
    if (!loss.usable) {
      return "logit: " + loss.unusable + StepGuard.beyond(LARGEST_LOGIT);
    }
    rowGradients.clear();
    vectors.scatter(table, tensors, dx, rowGradients, gradients);
    return guard.unusable(rowGradients, gradients);
  }

  /** The log loss of a step. */
  private final class StreamLoss implements CtrModel.Loss {
    private float[] predicted = new float[0]; // logits that are answered
    private byte[] labels = new byte[0];
    private float @Nullable [] importance;
    private boolean usable;
    private float unusable; // a logit

    void of(float[] predicted, byte[] labels, float @Nullable [] importance) {
      this.predicted = predicted;
      this.labels = labels;
      this.importance = importance;
      this.usable = true;
    }

    @Override
    public void gradients(int first, int count, float[] logits, float[] dLogits) {
      for (int b = first; b < first + count; b++) {
        double probability = Sigmoid.of(checked(predicted[b]));
        double trained = predictsApart ? Sigmoid.of(checked(logits[b])) : probability;
        double times = importance == null ? 1 : importance[b];
        dLogits[b] = (float) (times * Label.gradient(trained, labels[b]));
        answers[b] = probability;
      }
    }

    private float checked(float logit) {
      if (!(Math.abs(logit) <= LARGEST_LOGIT)) {
        usable = false;
        unusable = logit;
      }
      return logit;
    }

    @Override
    public byte[] labels() {
      return labels;
    }

    @Override
    public float @Nullable [] importance() {
      return importance;
    }
  }

  /** Of the next step: a function of the model's seed and of where the stream stands. */
  private long dropoutSeed() {
    return Long.rotateLeft(seed, 32) ^ total.examples();
  }

  /** Returns the probability that is answered. */
  private double evaluate(double logit, double probability, byte label) {
    boolean fits = config.calibration().fits();
    double answeredLogit = fits ? calibration.map().apply(logit) : logit;
    double answered = fits ? Sigmoid.of(answeredLogit) : probability;
    if (Label.corrects(label)) {
      return answered;
    }
    if (fits) {
      uncalibrated.add(logit, probability, label);
    }
    total.add(answeredLogit, answered, label);
    segment.add(answeredLogit, answered, label);
    // a restored segment may be longer already: its length is no part of the model's config
    if (segment.examples() >= segmentExamples) {
      closeSegment();
    }
    return answered;
  }

  /** Ends the unfinished segment, as at the end of a stream; an empty one changes nothing. */
  public void closeSegment() {
    if (segment.examples() == 0) {
      return;
    }
    if (closedSegments.size() == MAX_CLOSED_SEGMENTS) {
      closedSegments.remove(0);
    }
    closedSegments.add(segment.metrics());
    segment.clear();
  }

  private void reserve(int batch) {
    if (logits.length < batch) {
      int n = batch * scheme.fields() * scheme.dim();
      x = new float[n];
      dx = new float[n];
      logits = new float[batch];
      dLogits = new float[batch];
      predictions = new float[batch];
      answers = new double[batch];
    }
  }

  /** What it learns by. */
  public ModelConfig config() {
    return config;
  }

  /** What updates the table's rows. */
  public Optimizer rowOptimizer() {
    return rowOptimizer;
  }

  /** The embedding table; the caller stores and publishes what it says has changed. */
  public LearnerTable table() {
    return table;
  }

  /** The dense tensors, live: copy them before learning goes on. */
  public Tensors tensors() {
    return tensors;
  }

  /** Optimizer slots of each dense tensor, live; none of a running statistic. */
  public float[][] tensorSlots() {
    return tensorSlots;
  }

  /**
   * A copy of what a server needs beside the table: the dense tensors; where the config asks for
   * calibration, the map as {@link CalibrationMap#TENSOR}; where it asks for scaling and there are
   * numbers, their scales as {@link #NUMERIC_SCALES}.
   */
  public Tensors publishedTensors() {
    Tensors copy = tensors.copy();
    List<TensorSpec> specs = new ArrayList<>(copy.specs());
    List<float[]> values = new ArrayList<>(Arrays.asList(copy.values()));
    TensorSpec.Init zero = new TensorSpec.Init.Constant(0);
    if (config.calibration().fits()) {
      float[] knots = calibration.map().knots();
      specs.add(new TensorSpec(CalibrationMap.TENSOR, new int[] {knots.length / 2, 2}, zero));
      values.add(knots);
    }
    if (!scales.isEmpty()) {
      float[] byField = scales.byField();
      specs.add(new TensorSpec(NUMERIC_SCALES, new int[] {byField.length}, zero));
      values.add(byField);
    }
    return new Tensors(specs, values.toArray(float[][]::new));
  }

  /** All predictions before calibration, live; empty where the config has none. */
  public Evaluation uncalibrated() {
    return uncalibrated;
  }

  /** Everything predicted so far, live. */
  public Evaluation total() {
    return total;
  }

  /** The unfinished segment, live; holds fewer than the segment length. */
  public Evaluation segment() {
    return segment;
  }

  /** The finished segments, oldest first; of more than 10,000 the newest. */
  public List<Metrics> closedSegments() {
    return Collections.unmodifiableList(closedSegments);
  }

  /** Everything but the table: dense tensors with slots, evaluations, calibration and scales. */
  public byte[] denseState() {
    return new DenseState(
            tensors,
            tensorSlots,
            total,
            segment,
            closedSegments,
            calibration,
            uncalibrated,
            scales.toBytes())
        .toBytes();
  }

  /**
   * Restores {@link #denseState}.
   *
   * @throws IllegalArgumentException if it is the state of a different model; nothing has changed
   *     then
   */
  public void restoreDenseState(byte[] bytes) {
    DenseState state =
        DenseState.fromBytes(bytes, tensors.specs(), tensorSlots, config.calibration());
    if (state.scales().length > 0) {
      scales.restore(state.scales());
    }
    guard.valuesWereSet();
    for (int t = 0; t < tensorSlots.length; t++) {
      float[] values = state.tensors().values()[t];
      System.arraycopy(values, 0, tensors.values()[t], 0, values.length);
      System.arraycopy(state.slots()[t], 0, tensorSlots[t], 0, tensorSlots[t].length);
    }
    calibration = state.calibration();
    uncalibrated = state.uncalibrated();
    total = state.total();
    segment = state.segment();
    closedSegments.clear();
    closedSegments.addAll(state.closedSegments());
  }

  /** Begins the figures anew, for a learner that goes on from what another has learned. */
  public void forgetFigures() {
    total = new Evaluation();
    segment = new Evaluation();
    uncalibrated = new Evaluation();
    closedSegments.clear();
  }

  @Override
  public void close() {
    workspace.close();
  }
}
