package io.millrace.ranking;

import io.millrace.event.LearnerMetrics;
import io.millrace.event.VersionManifest;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.LearnerMetricsFormat;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.NewestRecord;
import java.time.Clock;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Versions from the model's parameters topic, and what its learner says from the one of metrics.
 */
public record ParameterViewSource(
    String model, ParameterView view, NewestRecord<LearnerMetrics> metrics) implements ModelSource {

  /**
   * Opens a view of a model's parameters; it follows their topic from now on.
   *
   * @param metricsTopic what the model's learner says of itself
   * @param registry the schemas of what is in the topics
   * @param engine what computes the model
   */
  public static ParameterViewSource open(
      ParameterViewConfig config,
      String metricsTopic,
      SchemaRegistry registry,
      Engine engine,
      Clock clock) {
    return new ParameterViewSource(
        config.model(),
        new ParameterView(
            config,
            () -> registry,
            manifest -> {
              try (CompiledModel compiled = compile(manifest, engine)) {
                return compiled.initialTable();
              }
            },
            clock),
        new NewestRecord<>(config.client(), metricsTopic, LearnerMetrics.class, () -> registry));
  }

  /** What a manifest describes, compiled for an engine. */
  public static CompiledModel compile(VersionManifest manifest, Engine engine) {
    return CompiledModel.of(
        ModelConfig.fromJson(manifest.getModelConfig()),
        FeatureSchema.parse(new Schema.Parser().parse(manifest.getFeatureSchema())),
        engine,
        ComputeDevice.CPU);
  }

  @Override
  public Optional<ModelSnapshot> current() {
    return view.current();
  }

  @Override
  public Optional<String> held() {
    return view.held();
  }

  @Override
  public Optional<String> stale() {
    return view.stale();
  }

  @Override
  public boolean caughtUp() {
    return view.caughtUp();
  }

  @Override
  public Optional<LearnerFigures> figures() {
    return metrics.newest().map(LearnerMetricsFormat::read);
  }

  @Override
  public Freshness.Summary freshness() {
    return view.freshness();
  }

  @Override
  public void close() {
    metrics.close();
    view.close();
  }
}
