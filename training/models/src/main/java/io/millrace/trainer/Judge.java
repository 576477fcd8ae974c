package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.feature.EncodedBatch;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.model.Tensors;

/** Evaluates weights on examples, as a server would answer. */
final class Judge {
  private Judge() {}

  /**
   * Metrics of all examples.
   *
   * @param batchSize examples predicted at a time
   */
  static Metrics evaluate(
      EmbeddingScheme scheme,
      CtrModel.Workspace workspace,
      EmbeddingTable table,
      Tensors tensors,
      LabeledExamples examples,
      int batchSize) {
    Evaluation evaluation = new Evaluation();
    EncodedBatch batch = new EncodedBatch(scheme.fields());
    float[] x = new float[batchSize * scheme.fields() * scheme.dim()];
    float[] logits = new float[batchSize];
    for (int from = 0; from < examples.size(); from += batchSize) {
      int size = Math.min(batchSize, examples.size() - from);
      batch.clear();
      for (int b = 0; b < size; b++) {
        batch.append(examples.encoded(), from + b);
      }
      scheme.gather(batch, table, x);
      workspace.infer(tensors, x, size, logits);
      for (int b = 0; b < size; b++) {
        evaluation.add(logits[b], examples.label(from + b));
      }
    }
    return evaluation.metrics();
  }
}
