package io.millrace.learner;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.TableSnapshot;
import io.millrace.embedding.scheme.SchemeShape;
import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.Architecture;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.ExpertMixture;
import io.millrace.model.Explainer;
import io.millrace.model.Sigmoid;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import io.millrace.optimizer.Adam;
import io.millrace.optimizer.Optimizer;
import io.millrace.optimizer.RowRates;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
   * Number of what a learner does around a model's arithmetic: lookups, update rules, mixture,
   * calibration, initial values. By hand: raise it with any change after which the same log gives
   * other bits.
   */
  static final int RULES = 1;

  /**
   * Compiles a model for the kernels on the CPU.
   *
   * @throws IllegalArgumentException as {@link #of(ModelConfig, FeatureSchema, Engine,
   *     ComputeDevice)}
   */
  public static CompiledModel of(ModelConfig config, FeatureSchema schema) {
    return of(config, schema, Engine.KERNELS, ComputeDevice.CPU);
  }

  /**
   * Compiles a model for a device. On a GPU, models that have no implementation in DJL stay on the
   * CPU: lr and fm, whose arithmetic is less than a copy to the device.
   *
   * @param engineOnCpu what computes on a CPU; on a GPU it is DJL
   * @throws IllegalArgumentException if the config is for another schema, or its dim does not suit
   *     the schema's lookups
   */
  public static CompiledModel of(
      ModelConfig config, FeatureSchema schema, Engine engineOnCpu, ComputeDevice device) {
    if (!config.subject().equals(schema.name())) {
      throw new IllegalArgumentException(
          "feature schema of model %s: %s, expected %s as its config says"
              .formatted(config.name(), schema.name(), config.subject()));
    }
    FeatureEncoder encoder = FeatureEncoder.compile(schema);
    // a single weight cannot be split over lookups
    List<Integer> lookups =
        schema.encodedFields().stream()
            .map(feature -> config.kind() == ModelKind.LR ? 1 : feature.lookups())
            .toList();
    int experts = config.experts().size();
    EmbeddingScheme scheme =
        config
            .embedding()
            .scheme(
                new SchemeShape(
                    encoder.fieldNames(), lookups, config.rows(), config.dim(), experts));
    Engine engine = device.isGpu() ? Engine.DJL : engineOnCpu;
    int part = scheme.part() / experts;
    // experts of one architecture are one model with weights of their own
    Map<Architecture, CtrModel> models = new LinkedHashMap<>();
    List<CtrModel> each = new ArrayList<>();
    for (Architecture architecture : config.architectures()) {
      each.add(
          models.computeIfAbsent(
              architecture,
              own -> own.model(engine, scheme.fields(), config.dim(), part).on(device)));
    }
    CtrModel model = experts == 1 ? each.get(0) : new ExpertMixture(each, part, config.mixer());
    return new CompiledModel(
        config, schema, encoder, scheme, EmbeddedModel.of(model, scheme.tensors()));
  }

  /** Initial values of rows, the same for each expert; linear weights start at zero. */
  public InitialRows initialRows() {
    int linear = config.architecture().linearColumns();
    return scheme.initialRows(config.seed(), config.initScale(), linear, config.experts().size());
  }

  /** The table of a learner or trainer before it has learned anything. */
  public LearnerTable newTable() {
    int width = scheme.rowWidth();
    return new LearnerTable(scheme.rows(), width, rowOptimizer().slots(width), initialRows());
  }

  /** The config's row optimizer at the rates of each expert. */
  public Optimizer rowOptimizer() {
    int width = scheme.rowWidth() / config.experts().size();
    int linear = linearColumns();
    List<RowRates.Part> parts = new ArrayList<>();
    for (Expert expert : config.experts()) {
      if (linear > 0) {
        parts.add(new RowRates.Part(linear, expert.linearRate()));
      }
      if (width > linear) {
        parts.add(new RowRates.Part(width - linear, expert.rate()));
      }
    }
    return new RowRates(config.rowOptimizer(), parts);
  }

  /** How many columns at the start of a row are linear weights. */
  public int linearColumns() {
    return scheme.rowsAreParts() ? config.architecture().linearColumns() : 0;
  }

  /** Makes field vectors of batches, for one thread. */
  public FieldVectors newFieldVectors() {
    return new FieldVectors(scheme, model.tensors().size());
  }

  /**
   * What the bits that a learner comes to depend on beside log, config and schema, in words. Equal
   * names: the same log gives the same bits. The name of an lr or fm has no lanes in it, since
   * theirs are equal on all machines; a mixture and Adam ask the JVM for exp, log or pow.
   */
  public String arithmetic() {
    String ofModel = model.arithmetic();
    boolean usesMath =
        !ofModel.isEmpty()
            || config.experts().size() > 1
            || !(scheme instanceof LinearScheme)
            || config.rowOptimizer() instanceof Adam
            || config.denseOptimizer() instanceof Adam;
    return "rules "
        + RULES
        + (ofModel.isEmpty() ? "" : ", " + ofModel)
        + (usesMath ? ", " + JvmMath.name() : "");
  }

  /** Whether who predicts needs a {@link #numericScaler}. */
  public boolean scalesNumbers() {
    return config.numericScaling().scales() && new NumericFields(schema).size() > 0;
  }

  /**
   * Scales numbers as a learner of this model does.
   *
   * @param scales the published {@link Learner#NUMERIC_SCALES}
   */
  public NumericScaler numericScaler(float[] scales) {
    return new NumericScaler(config.numericScaling(), new NumericFields(schema), scales);
  }

  /** Explains predictions of the model; to be closed. */
  public Explainer explainer() {
    int part = scheme.part() / config.experts().size();
    List<Explainer> each =
        config.architectures().stream()
            .map(own -> own.explainer(scheme.fields(), config.dim(), part))
            .toList();
    return model instanceof ExpertMixture mixture
        ? mixture.explainer(each)
        : EmbeddedModel.explainer(each.get(0), model);
  }

  /** The table of a server before anything was published. */
  public TableSnapshot initialTable() {
    return TableSnapshot.initial(scheme.rows(), scheme.rowWidth(), initialRows());
  }

  /** The dense tensors before anything was learned; the last bias says the config's prior. */
  public Tensors initialTensors() {
    Tensors tensors = Tensors.initial(model.tensors(), config.seed());
    List<TensorSpec> specs = tensors.specs();
    Set<String> experts = new HashSet<>();
    for (int t = specs.size() - 1; t >= 0; t--) {
      String name = specs.get(t).name();
      boolean embedding = EmbeddedModel.isEmbedding(specs.get(t));
      if (specs.get(t).size() == 1 && name.endsWith("bias") && !embedding) {
        // A mixture's tensors are named by the expert, which each has a bias.
        String expert = name.contains("/") ? name.substring(0, name.indexOf('/')) : "";
        if (experts.add(expert)) {
          tensors.values()[t][0] = (float) Sigmoid.inverse(config.prior());
        }
      }
    }
    return tensors;
  }

  @Override
  public void close() {
    model.close();
  }
}
