package io.millrace.trainer;

import io.millrace.embedding.LearnerTable;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.FieldVectors;
import io.millrace.model.CtrModel;
import io.millrace.model.Sigmoid;
import io.millrace.trained.TrainedModel;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Predicts rows that nobody has labelled, as a server would answer, a few thousand at a time: any
 * number of rows in the same memory. Not thread-safe.
 */
public final class Scorer implements AutoCloseable {
  private static final int AT_ONCE = 4096;

  private final CompiledModel compiled;
  private final CtrModel.Workspace workspace;
  private final LearnerTable table;
  private final TrainedModel model;
  private final EncodedBatch batch;
  private final String[] names = new String[AT_ONCE];
  private final FieldVectors vectors;
  private final float[] x;
  private final float[] logits = new float[AT_ONCE];

  /** Rows in their order. */
  @FunctionalInterface
  public interface Rows {
    /**
     * Appends the next row.
     *
     * @param into gets exactly one example, unless there is no further row
     * @return what the row is called in the output, or null if there is no further one
     */
    @Nullable String next(EncodedBatch into) throws IOException;
  }

  /** Takes a row's probability. */
  @FunctionalInterface
  public interface Answer {
    void accept(String row, double probability) throws IOException;
  }

  /** Makes a model ready; close it to free what it holds. */
  public Scorer(TrainedModel model) {
    this.model = model;
    this.compiled = CompiledModel.of(model.config(), model.schema());
    this.workspace = compiled.model().newWorkspace();
    this.table = compiled.newTable();
    model.weights().copyTo(table);
    this.batch = compiled.encoder().newBatch();
    this.vectors = compiled.newFieldVectors();
    this.x = new float[AT_ONCE * compiled.scheme().fields() * compiled.scheme().dim()];
  }

  /** The model with the encoder that {@link Rows} encode by. */
  public CompiledModel compiled() {
    return compiled;
  }

  /**
   * Predicts all rows.
   *
   * @param answer told of each row, in order
   * @return how many rows there were
   * @throws IOException of rows or answer
   */
  public long score(Rows rows, Answer answer) throws IOException {
    long count = 0;
    int size;
    do {
      batch.clear();
      size = 0;
      while (size < AT_ONCE) {
        String name = rows.next(batch);
        if (name == null) {
          break;
        }
        names[size++] = name;
      }
      predict(size, answer);
      count += size;
    } while (size == AT_ONCE);
    return count;
  }

  private void predict(int size, Answer answer) throws IOException {
    if (size == 0) {
      return;
    }
    vectors.gather(batch, table, model.weights().tensors(), x);
    workspace.infer(model.weights().tensors(), x, batch.missing(), size, logits);
    for (int b = 0; b < size; b++) {
      answer.accept(names[b], Sigmoid.of(logits[b]));
    }
  }

  /** Predicts all rows into CSV: a header {@code row,probability}, then a line for each row. */
  public long scoreAsCsv(Rows rows, Appendable out) throws IOException {
    out.append("row,probability\n");
    return score(rows, (row, probability) -> out.append(row + "," + (float) probability + "\n"));
  }

  @Override
  public void close() {
    workspace.close();
    compiled.close();
  }
}
