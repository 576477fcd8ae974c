package io.millrace.serving;

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
import java.util.Optional;
import org.apache.avro.Schema;

/** Versions from the model's parameters topic. */
record ParameterViewSource(String model, ParameterView view) implements ModelSource {

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
              try (CompiledModel compiled = compile(manifest, config.engine())) {
                return compiled.initialTable();
              }
            },
            config.clock()));
  }

  /** What a manifest describes, compiled for an engine. */
  static CompiledModel compile(VersionManifest manifest, Engine engine) {
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
