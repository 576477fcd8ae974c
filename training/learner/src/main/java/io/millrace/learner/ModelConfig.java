package io.millrace.learner;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.millrace.calibration.CalibrationConfig;
import io.millrace.embedding.scheme.EmbeddingConfig;
import io.millrace.embedding.scheme.TensorTrainConfig;
import io.millrace.embedding.scheme.UnifiedConfig;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.Architecture;
import io.millrace.model.ComputeDevice;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Optimizer;
import io.millrace.wire.EventRules;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything that, together with a feature schema, decides what a model learns from a log.
 *
 * @param name of the model, also part of its topic's name: letters, digits, {@code -} and {@code _}
 * @param subject full name of the feature schema
 * @param rows M, rows of the embedding table; a scheme that needs fewer holds fewer
 * @param dim D, values of a field vector; 1 for lr
 * @param stepSize S: a step learns from the examples whose offsets lie in [kS, (k+1)S)
 * @param seed of all initial values
 * @param initScale bound of initial row values
 * @param rowOptimizer updates rows
 * @param denseOptimizer updates dense tensors
 * @param experts copies of the model that learn side by side at rates of their own, 1 to 8; a
 *     stored config without it has a plain one
 * @param mixer whether a mixer of their logits stands beside several experts; not in a stored
 *     config without it
 * @param embedding how tokens become field vectors; a stored config without it says {@link
 *     UnifiedConfig}
 * @param calibration of what the stream's model answers; a stored config without it has none
 * @param numericScaling of numbers whose scale nobody has set; a stored config without it has none
 * @param prior about what a new model answers before it has learned anything, between 0 and 1; a
 *     stored config without it says one half
 * @param outcome that the model predicts, by name; a stored config without it a click
 * @param architecture what computes logits from field vectors; decides the kind
 */
@RecordBuilder
public record ModelConfig(
    String name,
    String subject,
    long rows,
    int dim,
    int stepSize,
    long seed,
    float initScale,
    Optimizer rowOptimizer,
    Optimizer denseOptimizer,
    List<Expert> experts,
    boolean mixer,
    EmbeddingConfig embedding,
    CalibrationConfig calibration,
    NumericScaling numericScaling,
    double prior,
    String outcome,
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind") Architecture architecture) {

  /**
   * Step size that {@link #defaults(ModelKind, String, FeatureSchema, ComputeDevice)} gives where a
   * GPU learns: a step there costs its calls and copies before it computes anything, so that one
   * event alone would leave it idle. A fixed multiple of a CPU's, whatever the GPU: steps are cut
   * by offset, and decide what is learned.
   */
  public static final int GPU_STEP_SIZE = 256;

  /** What says nothing about the labels. */
  static final double EVEN = 0.5;

  /**
   * The prior of live streams of impressions: click rates are a few percent, and a model that
   * begins at one half would answer many times too much until it has seen some hundred impressions.
   */
  public static final double FEW_CLICKS = 0.03;

  public ModelConfig {
    if (!name.matches("[A-Za-z0-9_-]{1,100}")) {
      throw new IllegalArgumentException(
          "name: \"" + name + "\", expected 1 to 100 letters, digits, '-' or '_'");
    }
    if (rows < 16) {
      throw new IllegalArgumentException("rows: " + rows + ", expected at least 16");
    }
    if (dim < 1 || dim > 1024) {
      throw new IllegalArgumentException("dim: " + dim + ", expected 1 to 1024");
    }
    experts = List.copyOf(experts);
    if (experts.isEmpty() || experts.size() > 8) {
      throw new IllegalArgumentException("experts: " + experts.size() + ", expected 1 to 8");
    }
    Objects.requireNonNull(embedding, "embedding: none, expected an object with a scheme");
    embedding.require(rows, dim, experts.size());
    Objects.requireNonNull(calibration, "calibration: none, expected an object with a method");
    Objects.requireNonNull(
        numericScaling, "numericScaling: none, expected an object with a method");
    Objects.requireNonNull(architecture, "architecture: none, expected an object with a kind");
    architecture.requireDim(dim);
    for (Expert expert : experts) {
      Architecture own = expert.in(architecture);
      own.requireDim(dim);
      if (own.linearColumns() != architecture.linearColumns()) {
        throw new IllegalArgumentException(
            "experts.architecture: kind %s with %d linear weights in a row, expected %d as of kind %s"
                .formatted(
                    ModelKind.of(own),
                    own.linearColumns(),
                    architecture.linearColumns(),
                    ModelKind.of(architecture)));
      }
    }
    if (!(prior > 0 && prior < 1)) {
      throw new IllegalArgumentException("prior: " + prior + ", expected between 0 and 1");
    }
    if (!EventRules.isOutcome(outcome)) {
      throw new IllegalArgumentException(
          "outcome: \"" + outcome + "\", expected " + EventRules.OUTCOME_NAMES);
    }
    if (stepSize < 1 || stepSize > 1 << 20) {
      throw new IllegalArgumentException("stepSize: " + stepSize + ", expected 1 to 2^20");
    }
    if (!(initScale >= 0) || Float.isInfinite(initScale)) {
      throw new IllegalArgumentException("initScale: " + initScale + ", expected a value >= 0");
    }
    if (initScale == 0 && embedding instanceof TensorTrainConfig) {
      throw new IllegalArgumentException(
          "initScale: 0.0, expected above 0 with scheme tt: a product of zeros learns nothing");
    }
  }

  /** The architecture of each expert. */
  public List<Architecture> architectures() {
    return experts.stream().map(expert -> expert.in(architecture)).toList();
  }

  /** Whether the model can use further fields while it learns: experts and embedding must. */
  public boolean takesNewFields() {
    return architectures().stream().allMatch(Architecture::takesNewFields)
        && embedding.takesNewFields();
  }

  /** The kind of the architecture. */
  public ModelKind kind() {
    return ModelKind.of(architecture);
  }

  /**
   * A good start for predict-then-learn streams, chosen by measurement on several of them; see
   * {@code StreamExperimentTest} in this module's tests.
   *
   * <p>Adagrad moves every field's weight by about its learning rate in the first steps, so the
   * logit moves by as much times F: beyond 8 fields the rate is divided by F / 8. Every event is a
   * step of its own, whatever the kind: what the next prediction knows decides more than the
   * architecture. fm learns at three paces side by side ({@link Expert}), since a stream may ask
   * for any of them; deepfm learns beside two machines without a perceptron, a slow and a fast one.
   */
  public static ModelConfig defaults(ModelKind kind, String name, FeatureSchema schema) {
    int dim = schema.table().dim();
    float perField = Math.min(1, 8f / schema.encodedFields().size());
    Optimizer bias = new Adagrad(0.1f, 1e-8f, 1e-3f);
    Optimizer tensors = new Adagrad(0.01f, 1e-8f, 0.01f);
    List<Expert> one = List.of(Expert.plain());
    return switch (kind) {
      case LR -> {
        Optimizer weights = new Adagrad(0.5f * perField, 1e-8f, 0.1f);
        yield fresh(name, schema, 1, 0, weights, bias, one, new LogisticRegressionConfig());
      }
      case FM -> {
        Optimizer factors = new Adagrad(0.1f * perField, 1e-8f, 0.05f);
        Architecture fm = new FactorizationMachineConfig();
        List<Expert> paces = List.of(new Expert(0.3f, 1), new Expert(1, 2), new Expert(3, 2));
        yield fresh(name, schema, dim, 0.01f, factors, bias, paces, fm);
      }
      case DEEPFM -> {
        Optimizer vectors = new Adagrad(0.1f * perField, 1e-8f, 0.05f);
        Optimizer perceptron = new Adagrad(0.02f, 1e-8f, 0.01f);
        Architecture machine = new FactorizationMachineConfig();
        List<Expert> experts =
            List.of(new Expert(0.3f, 1, machine), Expert.plain(), new Expert(3, 2, machine));
        Architecture shape = kind.streaming();
        yield fresh(name, schema, dim, 0.01f, vectors, perceptron, experts, shape);
      }
      default -> { // a network
        Optimizer vectors = new Adagrad(0.1f * perField, 1e-8f, 0.01f);
        Architecture shape = kind.streaming();
        yield fresh(name, schema, dim, 0.01f, vectors, tensors, one, shape);
      }
    };
  }

  /** A stream's defaults but for what kinds differ in; several experts have a mixer. */
  private static ModelConfig fresh(
      String name,
      FeatureSchema schema,
      int dim,
      float initScale,
      Optimizer rowOptimizer,
      Optimizer denseOptimizer,
      List<Expert> experts,
      Architecture architecture) {
    return new ModelConfig(
        name,
        schema.name(),
        schema.table().rows(),
        dim,
        1,
        42,
        initScale,
        rowOptimizer,
        denseOptimizer,
        experts,
        experts.size() > 1,
        new UnifiedConfig(),
        CalibrationConfig.none(),
        NumericScaling.running(),
        EVEN,
        EventRules.CLICK,
        architecture);
  }

  /**
   * The same for learners on a device: a step is one event, or {@link #GPU_STEP_SIZE} events of a
   * kind that a GPU computes. What was stored keeps the step size that it was learned with,
   * wherever it goes on; another one is refused.
   */
  public static ModelConfig defaults(
      ModelKind kind, String name, FeatureSchema schema, ComputeDevice device) {
    ModelConfig config = defaults(kind, name, schema);
    return device.isGpu() && kind.isDeep()
        ? config.with("{\"stepSize\":" + GPU_STEP_SIZE + "}")
        : config;
  }

  /**
   * This config with a single expert at the optimizer's own rate that takes numbers as they are:
   * what is trained on files.
   */
  public ModelConfig withoutExperts() {
    return ModelConfigBuilder.builder(this)
        .experts(List.of(Expert.plain()))
        .mixer(false)
        .numericScaling(NumericScaling.none())
        .build();
  }

  /** The config as a JSON object with all keys, in a fixed order. */
  public String toJson() {
    return ModelConfigJson.write(this);
  }

  /**
   * Reads {@link #toJson}'s form.
   *
   * @throws IllegalArgumentException if a key is unknown (naming the nearest known one), missing or
   *     mistyped, or a value is out of range
   */
  public static ModelConfig fromJson(String json) {
    return ModelConfigJson.read(json);
  }

  /**
   * This config with the keys of a JSON object replaced; of nested settings only the given ones
   * are, unless they name another optimizer rule. Errors as {@link #fromJson}.
   */
  public ModelConfig with(String jsonOverrides) {
    return ModelConfigJson.override(this, jsonOverrides);
  }

  /**
   * A setting with two values.
   *
   * @param setting for example {@code rowOptimizer.learningRate}
   * @param stored as JSON; empty if it was not there
   * @param given likewise
   */
  public record Difference(String setting, String stored, String given) {

    /** The stored value in words. */
    public String storedInWords() {
      return inWords(stored);
    }

    /** The given value in words. */
    public String givenInWords() {
      return inWords(given);
    }

    private static String inWords(String value) {
      return value.isEmpty() ? "no value" : value;
    }
  }

  /**
   * The first setting in which a stored config differs so that a learner of this one cannot go on
   * with the other's state, or empty if it can: then they differ at most in name, prior, and rates
   * and other numbers of the same optimizers.
   *
   * @param storedJson {@link #toJson} of the other, perhaps by another version of this program
   */
  public Optional<Difference> stateDifferenceFrom(String storedJson) {
    ModelConfig stored = fromJson(storedJson);
    ModelConfigBuilder adapted = ModelConfigBuilder.builder(stored).name(name).prior(prior);
    if (rowOptimizer.getClass() == stored.rowOptimizer.getClass()) {
      adapted.rowOptimizer(rowOptimizer);
    }
    if (denseOptimizer.getClass() == stored.denseOptimizer.getClass()) {
      adapted.denseOptimizer(denseOptimizer);
    }
    if (architectures().equals(stored.architectures())) {
      adapted.experts(experts);
    }
    return differenceFrom(adapted.build().toJson());
  }

  /**
   * The first setting in which a stored config differs from this one, or empty if none does.
   *
   * @param storedJson {@link #toJson} of the other, perhaps by another version of this program
   */
  public Optional<Difference> differenceFrom(String storedJson) {
    return Optional.ofNullable(ModelConfigJson.difference(storedJson, toJson()));
  }
}
