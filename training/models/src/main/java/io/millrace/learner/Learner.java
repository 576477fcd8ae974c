package io.millrace.learner;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.BinaryCrossEntropy;
import io.millrace.model.CtrModel;
import io.millrace.model.Sigmoid;
import io.millrace.model.Tensors;
import io.millrace.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Predicts, then learns, one step at a time. A step's examples are all predicted with the weights
 * before it, which makes the metrics an honest progressive validation; then their gradients are
 * summed by row and by tensor (summed, not averaged: a row seen once in a step learns the same
 * whatever the step size) and each row and tensor is updated once.
 *
 * <p>Who calls {@link #learn} cuts the steps. Nothing is allocated per step once the buffers have
 * grown to the largest batch. State = pages of {@link #table} + {@link #denseState}. Not
 * thread-safe.
 */
public final class Learner implements AutoCloseable {
  private static final int MAX_CLOSED_SEGMENTS = 10_000;

  private final EmbeddingScheme scheme;
  private final CtrModel.Workspace workspace;
  private final Optimizer denseOptimizer;
  private final LearnerTable table;
  private final Tensors tensors;
  private final Tensors gradients;
  private final float[][] tensorSlots;
  private final RowGradients rowGradients;
  private final LearnerTable.UpdateRule updateRow;
  private final long segmentExamples;

  private final List<Metrics> closedSegments = new ArrayList<>();
  private Evaluation total = new Evaluation();
  private Evaluation segment = new Evaluation();
  private float[] x = new float[0];
  private float[] dx = new float[0];
  private float[] logits = new float[0];
  private float[] dLogits = new float[0];

  /**
   * @param segmentExamples length of a segment of the evaluation in examples, at least 1; {@link
   *     Long#MAX_VALUE} for a single one
   */
  public Learner(CompiledModel compiled, long segmentExamples) {
    if (segmentExamples < 1) {
      throw new IllegalArgumentException(
          "segmentExamples: " + segmentExamples + ", expected at least 1");
    }
    ModelConfig config = compiled.config();
    CtrModel model = compiled.model();
    this.scheme = compiled.scheme();
    this.workspace = model.newWorkspace();
    Optimizer rowOptimizer = config.rowOptimizer();
    this.denseOptimizer = config.denseOptimizer();
    int width = scheme.rowWidth();
    this.table =
        new LearnerTable(scheme.rows(), width, rowOptimizer.slots(width), compiled.initialRows());
    this.tensors = compiled.initialTensors();
    this.gradients = Tensors.zeros(model.tensors());
    this.tensorSlots =
        model.tensors().stream()
            .map(spec -> new float[denseOptimizer.slots(spec.size())])
            .toArray(float[][]::new);
    this.rowGradients = new RowGradients(width);
    this.updateRow = rowOptimizer::update;
    this.segmentExamples = segmentExamples;
  }

  /**
   * One step: predicts every example, then learns from all.
   *
   * @param batch B encoded examples; an empty one changes nothing
   * @param labels [B], 0 or 1
   * @param probabilities [B], written: the predictions before learning
   * @throws IllegalStateException if a logit is not finite: the model has diverged
   */
  public void learn(EncodedBatch batch, byte[] labels, float[] probabilities) {
    int size = batch.size();
    if (size == 0) {
      return;
    }
    reserve(size);
    scheme.gather(batch, table, x);
    workspace.forward(tensors, x, size, logits);
    for (int b = 0; b < size; b++) {
      float logit = logits[b];
      if (!Float.isFinite(logit)) {
        throw new IllegalStateException(
            "logit: %s at example %d of the stream, expected a finite value: the model diverged"
                .formatted(logit, total.examples()));
      }
      double probability = Sigmoid.of(logit);
      probabilities[b] = (float) probability;
      dLogits[b] = (float) BinaryCrossEntropy.gradient(probability, labels[b]);
      evaluate(logit, probability, labels[b]);
    }
    workspace.backward(dLogits, dx, gradients);
    rowGradients.clear();
    scheme.scatter(batch, dx, rowGradients);
    table.update(rowGradients, updateRow);
    for (int t = 0; t < tensorSlots.length; t++) {
      float[] values = tensors.values()[t];
      denseOptimizer.update(values, 0, values.length, tensorSlots[t], 0, gradients.values()[t], 0);
    }
  }

  private void evaluate(double logit, double probability, int label) {
    total.add(logit, probability, label);
    segment.add(logit, probability, label);
    // a restored segment may be longer already: its length is no part of the model's config
    if (segment.examples() >= segmentExamples) {
      closeSegment();
    }
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
    }
  }

  /** The embedding table; the caller stores and publishes what it says has changed. */
  public LearnerTable table() {
    return table;
  }

  /** The dense tensors, live: copy them before learning goes on. */
  public Tensors tensors() {
    return tensors;
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

  /** Everything but the table: dense tensors with slots, and evaluations. */
  public byte[] denseState() {
    return new DenseState(tensors, tensorSlots, total, segment, closedSegments).toBytes();
  }

  /**
   * Restores {@link #denseState}.
   *
   * @throws IllegalArgumentException if it is the state of a different model; nothing has changed
   *     then
   */
  public void restoreDenseState(byte[] bytes) {
    DenseState state = DenseState.fromBytes(bytes, tensors.specs(), tensorSlots);
    for (int t = 0; t < tensorSlots.length; t++) {
      float[] values = state.tensors().values()[t];
      System.arraycopy(values, 0, tensors.values()[t], 0, values.length);
      System.arraycopy(state.slots()[t], 0, tensorSlots[t], 0, tensorSlots[t].length);
    }
    total = state.total();
    segment = state.segment();
    closedSegments.clear();
    closedSegments.addAll(state.closedSegments());
  }

  @Override
  public void close() {
    workspace.close();
  }
}
