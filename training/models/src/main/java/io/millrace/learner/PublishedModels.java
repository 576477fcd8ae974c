package io.millrace.learner;

import io.millrace.embedding.TableSnapshot;
import io.millrace.event.VersionManifest;
import io.millrace.feature.FeatureSchema;
import io.millrace.parameters.InitialTable;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Builds a published model from its manifest, and remembers it: all manifests of a model say the
 * same until its config changes. Safe for use by many threads.
 */
public final class PublishedModels implements InitialTable {
  private @Nullable Built last;

  private record Built(String config, String schema, TableSnapshot table) {}

  @Override
  public synchronized TableSnapshot of(VersionManifest manifest) {
    Built built = last;
    if (built == null
        || !built.config.equals(manifest.getModelConfig())
        || !built.schema.equals(manifest.getFeatureSchema())) {
      try (CompiledModel compiled = compile(manifest)) {
        built =
            new Built(
                manifest.getModelConfig(), manifest.getFeatureSchema(), compiled.initialTable());
      }
      last = built;
    }
    return built.table;
  }

  /**
   * The model that a manifest describes.
   *
   * @throws IllegalArgumentException if its config or schema is not valid
   */
  public static CompiledModel compile(VersionManifest manifest) {
    return CompiledModel.of(
        ModelConfig.fromJson(manifest.getModelConfig()),
        FeatureSchema.parse(new Schema.Parser().parse(manifest.getFeatureSchema())));
  }
}
