package io.millrace.trained;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.EmbeddingTable;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.FieldVectors;
import io.millrace.metrics.Evaluation;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.model.Tensors;
import java.util.function.Consumer;

/** Predicts examples as a server would answer. */
public final class Judge {
  private Judge() {}

  /** Metrics of what a predictor says of all examples. */
  public static Metrics evaluate(LabeledExamples examples, Consumer<Answer> predictor) {
    Evaluation evaluation = new Evaluation();
    predictor.accept((example, logit) -> evaluation.add(logit, examples.label(example)));
    return evaluation.metrics();
  }

  /** Takes the logit of an example. */
  @FunctionalInterface
  public interface Answer {
    void accept(int example, float logit);
  }

  /**
   * Predicts all examples in order.
   *
   * @param batchSize examples predicted at a time
   */
  public static void predict(
      EmbeddingScheme scheme,
      CtrModel.Workspace workspace,
      EmbeddingTable table,
      Tensors tensors,
      LabeledExamples examples,
      int batchSize,
      Answer answer) {
    FieldVectors vectors = new FieldVectors(scheme, tensors.specs().size());
    EncodedBatch batch = new EncodedBatch(scheme.fields());
    float[] x = new float[batchSize * scheme.fields() * scheme.dim()];
    float[] logits = new float[batchSize];
    for (int from = 0; from < examples.size(); from += batchSize) {
      int size = Math.min(batchSize, examples.size() - from);
      batch.clear();
      for (int b = 0; b < size; b++) {
        batch.append(examples.encoded(), from + b);
      }
      vectors.gather(batch, table, tensors, x);
      workspace.infer(tensors, x, batch.missing(), size, logits);
      for (int b = 0; b < size; b++) {
        answer.accept(from + b, logits[b]);
      }
    }
  }
}
