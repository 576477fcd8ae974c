package io.millrace.learner;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.TableSnapshot;
import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.DjlModel;
import io.millrace.model.Engine;
import io.millrace.model.Tensors;

/**
 * What a config and a feature schema compile to: the one definition of a model, used by learner and
 * server. Immutable; close it to free what the model holds.
 *
 * @param config of the model
 * @param schema of its features
 * @param encoder from records to tokens
 * @param scheme from tokens to field vectors
 * @param model from field vectors to logits
 */
public record CompiledModel(
    ModelConfig config,
    FeatureSchema schema,
    FeatureEncoder encoder,
    EmbeddingScheme scheme,
    CtrModel model)
    implements AutoCloseable {

  /**
   * Compiles a model for the CPU, as a server needs it.
   *
   * @throws IllegalArgumentException as {@link #of(ModelConfig, FeatureSchema, ComputeDevice)}
   */
  public static CompiledModel of(ModelConfig config, FeatureSchema schema) {
    return of(config, schema, ComputeDevice.CPU);
  }

  /**
   * Compiles a model for a device. On a GPU, models that have no implementation in DJL stay on the
   * CPU: lr and fm, whose arithmetic is less than a copy to the device.
   *
   * @throws IllegalArgumentException if the config is for another schema, or its dim does not suit
   *     the schema's lookups
   */
  public static CompiledModel of(ModelConfig config, FeatureSchema schema, ComputeDevice device) {
    if (!config.subject().equals(schema.name())) {
      throw new IllegalArgumentException(
          "feature schema of model %s: %s, expected %s as its config says"
              .formatted(config.name(), schema.name(), config.subject()));
    }
    FeatureEncoder encoder = FeatureEncoder.compile(schema);
    // a single weight cannot be split over lookups
    int[] lookups =
        schema.encodedFields().stream()
            .mapToInt(feature -> config.kind() == ModelKind.LR ? 1 : feature.lookups())
            .toArray();
    EmbeddingScheme scheme = new UnifiedEmbedding(config.rows(), config.dim(), lookups);
    Engine engine = device.isGpu() ? Engine.DJL : Engine.chosen();
    CtrModel model =
        config.architecture().model(engine, scheme.fields(), scheme.dim(), scheme.rowWidth());
    if (model instanceof DjlModel djl) {
      model = djl.on(device);
    }
    return new CompiledModel(config, schema, encoder, scheme, model);
  }

  /** Initial values of rows; linear weights start at zero. */
  public InitialRows initialRows() {
    int zeroColumns = config.architecture().linearColumns();
    return new InitialRows(config.seed(), config.initScale(), zeroColumns);
  }

  /** The table of a server before anything was published. */
  public TableSnapshot initialTable() {
    return TableSnapshot.initial(scheme.rows(), scheme.rowWidth(), initialRows());
  }

  /** The dense tensors before anything was learned. */
  public Tensors initialTensors() {
    return Tensors.initial(model.tensors(), config.seed());
  }

  @Override
  public void close() {
    model.close();
  }
}
