package io.millrace.explanation;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.Feature;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.FieldVectors;
import io.millrace.learner.NumericScaler;
import io.millrace.model.Explainer;
import io.millrace.model.Reasons;
import io.millrace.model.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Explains what one state of a model predicts. Close it to free what it computes with. */
public final class PredictionExplainer implements AutoCloseable {
  private static final int SHOWN_CHARACTERS = 100;

  private final CompiledModel compiled;
  private final EmbeddingTable table;
  private final Tensors weights;
  private final Explainer explainer;
  private final EncodedBatch batch;
  private final @Nullable NumericScaler scaler;
  private final EncodedBatch scaled;
  private final FieldVectors vectors;
  private final float[] x;

  /** Explains predictions of a model that takes numbers as they are. */
  public PredictionExplainer(CompiledModel compiled, EmbeddingTable table, Tensors weights) {
    this(compiled, table, weights, null);
  }

  /**
   * Explains predictions of the given weights, which must not change meanwhile.
   *
   * @param scaler of numbers, or null if the model takes them as they are
   */
  public PredictionExplainer(
      CompiledModel compiled,
      EmbeddingTable table,
      Tensors weights,
      @Nullable NumericScaler scaler) {
    this.scaler = scaler;
    this.scaled = compiled.encoder().newBatch();
    this.compiled = compiled;
    this.table = table;
    this.weights = weights;
    var scheme = compiled.scheme();
    this.explainer = compiled.explainer();
    this.batch = compiled.encoder().newBatch();
    this.vectors = compiled.newFieldVectors();
    this.x = new float[scheme.fields() * scheme.dim()];
  }

  /**
   * Explains the prediction for a record, with nothing cut off.
   *
   * @throws io.millrace.feature.InvalidFeatureException if a value cannot be used
   */
  public Explanation explain(GenericRecord record) {
    batch.clear();
    compiled.encoder().encode(record, batch);
    return Explanation.of(
        compiled.config().kind().toString(),
        compiled.encoder().fieldNames(),
        values(record),
        reasons(batch));
  }

  /**
   * What made the logit of an encoded example.
   *
   * @param single holds one example
   */
  public Reasons reasons(EncodedBatch single) {
    EncodedBatch taken = single;
    if (scaler != null) {
      scaled.clear();
      scaled.append(single, 0);
      scaler.apply(scaled);
      taken = scaled;
    }
    vectors.gather(taken, table, weights, x);
    return explainer.explain(weights, x, taken.missing());
  }

  /** The values of all fields as given; of a cross, those of its fields. */
  private List<@Nullable String> values(GenericRecord record) {
    List<@Nullable String> values = new ArrayList<>();
    for (Feature feature : compiled.schema().encodedFields()) {
      List<String> parts =
          feature.fields().stream()
              .map(record::get)
              .filter(Objects::nonNull)
              .map(String::valueOf)
              .toList();
      String value = parts.size() < feature.fields().size() ? null : String.join(" × ", parts);
      values.add(value == null ? null : shown(value));
    }
    return values;
  }

  private static String shown(String value) {
    return value.length() <= SHOWN_CHARACTERS ? value : value.substring(0, SHOWN_CHARACTERS) + "…";
  }

  @Override
  public void close() {
    explainer.close();
  }
}
