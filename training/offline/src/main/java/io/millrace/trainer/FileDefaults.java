package io.millrace.trainer;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.optimizer.Adam;
import io.millrace.trainer.TrainerConfig.L2Scope;
import java.util.List;
import java.util.Locale;

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
  private static final int STEPS = 64;

  /**
   * λ times the examples of lr and fm: the mean loss with λ/2·‖E‖² has its minimum at the most
   * probable weights, if each of these was drawn from a normal distribution of variance 1 over
   * this.
   */
  private static final double PRIOR_PRECISION = number("prior", 3);

  /** λ of networks on small files. */
  private static final double NETWORK_L2 = number("netl2", 0.05);

  /** Examples up to which networks have it; beyond, λ times the examples stays. */
  private static final double NETWORK_EXAMPLES = 200_000;

  private static final float INITIAL_SCALE = 0.01f;

  private FileDefaults() {}

  private static double number(String name, double otherwise) {
    return Double.parseDouble(System.getProperty("fd." + name, String.valueOf(otherwise)));
  }

  /**
   * Examples of a step: the largest power of two that leaves 64 steps an epoch, from 32 to 4,096.
   *
   * @param rows of the training set
   */
  public static int batchSize(int rows) {
    int most = Math.max(SMALLEST_BATCH, rows / STEPS);
    return Math.min(LARGEST_BATCH, Integer.highestOneBit(most));
  }

  /** λ of a kind on a training set of so many rows. */
  static double l2(ModelKind kind, int rows) {
    return kind.isDeep()
        ? NETWORK_L2 * Math.min(1, NETWORK_EXAMPLES / rows)
        : PRIOR_PRECISION / rows;
  }

  /** Whether rows have linear weights, whose λ is estimated by field. */
  static boolean estimatesL2(ModelKind kind) {
    return kind.streaming().linearColumns() > 0;
  }

  /** Rows of the table that λ is on. */
  static L2Scope l2Scope(ModelKind kind) {
    return kind.isDeep() ? L2Scope.TABLE : L2Scope.SHARED;
  }

  /** Decay of the average of the weights; lr and fm come to rest by lower rates. */
  static double averaging(ModelKind kind) {
    return kind.isDeep() ? 0.99 : 0;
  }

  /** The model of a kind; table and D are the schema's. */
  public static ModelConfig model(ModelKind kind, String name, FeatureSchema schema) {
    double rate =
        switch (kind) {
          case LR -> number("lr", 0.01);
          case FM -> number("fm", 0.003);
          default -> number("net", 0.001);
        };
    String adam = adam(rate);
    ModelConfig plain =
        ModelConfig.defaults(kind, name, schema)
            .withoutExperts()
            .with("{\"rowOptimizer\":%s,\"denseOptimizer\":%s}".formatted(adam, adam));
    return withShape(plain, shape(kind));
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

  private static ModelConfig withShape(ModelConfig c, Architecture shape) {
    return new ModelConfig(
        c.name(),
        c.subject(),
        c.rows(),
        c.dim(),
        c.stepSize(),
        c.seed(),
        c.kind() == ModelKind.LR ? 0 : INITIAL_SCALE,
        c.rowOptimizer(),
        c.denseOptimizer(),
        c.experts(),
        c.mixer(),
        c.calibration(),
        c.numericScaling(),
        c.prior(),
        c.outcome(),
        shape);
  }

  /** Wide, normalised and dropping out: mini-batches bear what single examples don't. */
  private static Architecture shape(ModelKind kind) {
    HiddenLayers hidden = new HiddenLayers(List.of(200, 200), true, 0.2f);
    HiddenLayers one = new HiddenLayers(List.of(200), true, 0.2f);
    AutoIntConfig attention = AutoIntConfig.official(3, 2, 32);
    ArmNetConfig arm = new ArmNetConfig(4, 16, 1.5f, false, true, false, hidden);
    return switch (kind) {
      case LR, FM -> kind.streaming();
      case MLP -> new MlpConfig(hidden);
      case DEEPFM -> new DeepFmConfig(hidden);
      case AUTOINT -> attention;
      case AUTOINT_PLUS -> new AutoIntPlusConfig(attention, hidden);
      case ARMNET -> arm;
      case ARMNET_PLUS -> new ArmNetPlusConfig(arm, hidden);
      case DCNV2 -> new DcnV2Config(3, false, hidden);
      case FINALMLP -> new FinalMlpConfig(hidden, one, 10, 64, List.of(), List.of());
    };
  }
}
