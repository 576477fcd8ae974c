package io.millrace.serving;

import io.millrace.event.LearnerMetrics;
import io.millrace.event.VersionManifest;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.LearnerMetricsFormat;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.topic.NewestRecord;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Versions from the model's parameters topic, and what its learner says from the one of metrics.
 */
record ParameterViewSource(String model, ParameterView view, NewestRecord<LearnerMetrics> metrics)
    implements ModelSource {

  /** Opens the view of {@code model}; it follows the topic from now on. */
  static ParameterViewSource open(ServerConfig config, String model) {
    ParameterViewConfig view =
        ParameterViewConfig.of(
            model,
            config.topics().parameters(model),
            config.clientProperties(),
            config.viewDirectory().resolve(model));
    return new ParameterViewSource(
        model,
        new ParameterView(
            view,
            config::registry,
            manifest -> {
              try (CompiledModel compiled = compile(manifest)) {
                return compiled.initialTable();
              }
            },
            config.clock()),
        new NewestRecord<>(
            config.clientProperties(),
            config.topics().learnerMetrics(model),
            LearnerMetrics.class,
            config::registry));
  }

  /** What a manifest describes, compiled. */
  static CompiledModel compile(VersionManifest manifest) {
    return CompiledModel.of(
        ModelConfig.fromJson(manifest.getModelConfig()),
        FeatureSchema.parse(new Schema.Parser().parse(manifest.getFeatureSchema())));
  }

  @Override
  public Optional<ModelSnapshot> current() {
    return view.current();
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
