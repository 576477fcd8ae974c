package io.millrace.ranking;

import io.millrace.event.VersionManifest;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Engine;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import io.millrace.parameters.ParameterViewConfig;
import io.millrace.schema.SchemaRegistry;
import java.time.Clock;
import java.util.Optional;
import org.apache.avro.Schema;

/** Versions from the model's parameters topic. */
public record ParameterViewSource(String model, ParameterView view) implements ModelSource {

  /**
   * Opens a view of a model's parameters; it follows their topic from now on.
   *
   * @param registry the schemas of what is in the topic
   * @param engine what computes the model
   */
  public static ParameterViewSource open(
      ParameterViewConfig config, SchemaRegistry registry, Engine engine, Clock clock) {
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
            clock));
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
  public boolean caughtUp() {
    return view.caughtUp();
  }

  @Override
  public Freshness.Summary freshness() {
    return view.freshness();
  }

  @Override
  public void close() {
    view.close();
  }
}
