package io.millrace.trainer;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.Architecture;
import io.millrace.optimizer.Adam;
import io.millrace.trainer.TrainerConfig.L2Scope;
import java.util.Locale;
import java.util.Map;

/**
 * What a model is trained on a file with where nobody has said anything else. Streams learn from
 * single examples and have defaults of their own ({@link ModelConfig#defaults}); on a file there
 * are mini-batches, several passes, and an end. Chosen by measurement: {@code
 * docs/research/train-defaults.md}.
 */
public final class FileDefaults {
  private static final int SMALLEST_BATCH = 32;
  private static final int LARGEST_BATCH = 4096;

  /** Steps of an epoch at least, where the batch is not the smallest one. */
  private static final int STEPS = 48;

  /**
   * λ times the examples of fm's factors: the mean loss with λ/2·‖E‖² has its minimum at the most
   * probable weights, if each of these was drawn from a normal distribution of variance 1 over
   * this.
   */
  private static final double PRIOR_PRECISION = 3;

  /** λ times the examples of networks, whose normalised layers undo most of what it takes away. */
  private static final double NETWORK_PRECISION = 10_000;

  /** D where the schema asks for no table. */
  private static final int DIM = 32;

  private static final float INITIAL_SCALE = 0.01f;

  private FileDefaults() {}

  /**
   * Examples of a step: the largest power of two that leaves 48 steps an epoch, from 32 to 4,096.
   *
   * @param rows of the training set
   */
  public static int batchSize(int rows) {
    int most = Math.max(SMALLEST_BATCH, rows / STEPS);
    return Math.min(LARGEST_BATCH, Integer.highestOneBit(most));
  }

  /** λ of a kind on a training set of so many rows. */
  static double l2(ModelKind kind, int rows) {
    return (kind.isDeep() ? NETWORK_PRECISION : PRIOR_PRECISION) / rows;
  }

  /** Whether rows have linear weights, whose λ is estimated by field. */
  static boolean estimatesL2(ModelKind kind) {
    return kind.streaming().linearColumns() > 0;
  }

  /**
   * How many times λ the factors of fm have once rates are cut. A cut says that validation loss has
   * stopped falling: where that is since factors have learned the examples by heart, only a
   * stronger pull undoes it, and where it is not, the best weights are kept.
   *
   * @param rate factor on the learning rates, at most 1
   */
  static double hardening(double rate) {
    return Math.pow(rate, -1.5);
  }

  /** Rows of the table that λ is on. */
  static L2Scope l2Scope(ModelKind kind) {
    return kind.isDeep() ? L2Scope.TABLE : L2Scope.SHARED;
  }

  /** Decay of the average of the weights; lr and fm come to rest by lower rates. */
  static double averaging(ModelKind kind) {
    return kind.isDeep() ? 0.99 : 0;
  }

  /**
   * The model of a kind. Table and D are the schema's; if it asks for none, D is 32, but for lr.
   */
  public static ModelConfig model(ModelKind kind, String name, FeatureSchema schema) {
    double rate =
        switch (kind) {
          case LR -> 0.01;
          case FM -> 0.003;
          default -> 0.001;
        };
    String adam = adam(rate);
    ModelConfig plain =
        ModelConfig.defaults(kind, name, schema)
            .withoutExperts()
            .with("{\"rowOptimizer\":%s,\"denseOptimizer\":%s}".formatted(adam, adam));
    boolean isAsked =
        schema.avro().getObjectProp("millrace") instanceof Map<?, ?> annotations
            && annotations.containsKey("table");
    boolean chooses = !isAsked && kind != ModelKind.LR && DIM % schema.maxLookups() == 0;
    return withShape(plain, chooses ? DIM : plain.dim(), kind.forFiles());
  }

  private static String adam(double rate) {
    Adam adam = Adam.withLearningRate((float) rate);
    return String.format(
        Locale.ROOT,
        "{\"rule\":\"adam\",\"learningRate\":%s,\"beta1\":%s,\"beta2\":%s,\"epsilon\":%s}",
        adam.learningRate(),
        adam.beta1(),
        adam.beta2(),
        adam.epsilon());
  }

  private static ModelConfig withShape(ModelConfig c, int dim, Architecture shape) {
    return new ModelConfig(
        c.name(),
        c.subject(),
        c.rows(),
        dim,
        c.stepSize(),
        c.seed(),
        c.kind() == ModelKind.LR ? 0 : INITIAL_SCALE,
        c.rowOptimizer(),
        c.denseOptimizer(),
        c.experts(),
        c.mixer(),
        c.embedding(),
        c.calibration(),
        c.numericScaling(),
        c.prior(),
        c.outcome(),
        shape);
  }
}
