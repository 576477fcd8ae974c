package io.millrace.learner;

import io.millrace.feature.NearestName;
import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.model.MlpConfig;
import java.util.Arrays;
import java.util.List;

/** The kinds of models. A kind's name is what commands and configs call it. */
public enum ModelKind {
  /** Logistic regression: one weight per row. */
  LR("lr", new LogisticRegressionConfig(), new LogisticRegressionConfig()),
  /** Factorization machine: a weight and a factor per row. */
  FM("fm", new FactorizationMachineConfig(), new FactorizationMachineConfig()),
  /** AutoInt: self-attention over field vectors. */
  AUTOINT("autoint", AutoIntConfig.streaming(), AutoIntConfig.forFiles()),
  /** AutoInt beside a multi-layer perceptron. */
  AUTOINT_PLUS("autoint+", AutoIntPlusConfig.streaming(), AutoIntPlusConfig.forFiles()),
  /** ARM-Net: exponential neurons that choose their fields. */
  ARMNET("armnet", ArmNetConfig.streaming(), ArmNetConfig.forFiles()),
  /** ARM-Net beside a multi-layer perceptron. */
  ARMNET_PLUS("armnet+", ArmNetPlusConfig.streaming(), ArmNetPlusConfig.forFiles()),
  /** Multi-layer perceptron on all field vectors. */
  MLP("mlp", MlpConfig.streaming(), MlpConfig.forFiles()),
  /** Factorization machine beside a multi-layer perceptron. */
  DEEPFM("deepfm", DeepFmConfig.streaming(), DeepFmConfig.forFiles()),
  /** Cross layers and a multi-layer perceptron. */
  DCNV2("dcnv2", DcnV2Config.streaming(), DcnV2Config.forFiles()),
  /** Two gated perceptrons and a bilinear fusion. */
  FINALMLP("finalmlp", FinalMlpConfig.streaming(), FinalMlpConfig.forFiles());

  private final String name;
  private final Architecture streaming;
  private final Architecture forFiles;

  ModelKind(String name, Architecture streaming, Architecture forFiles) {
    this.name = name;
    this.streaming = streaming;
    this.forFiles = forFiles;
  }

  /** A shape that suits predict-then-learn streams. */
  public Architecture streaming() {
    return streaming;
  }

  /**
   * A shape that suits training on files: networks are wide, normalised and drop out, which
   * mini-batches bear and single examples don't.
   */
  public Architecture forFiles() {
    return forFiles;
  }

  /** Whether it is a network, which a GPU computes; the others stay on the CPU. */
  public boolean isDeep() {
    return this != LR && this != FM;
  }

  /** The record that describes models of this kind. */
  Class<? extends Architecture> architecture() {
    return streaming.getClass();
  }

  /** The kind of an architecture. */
  public static ModelKind of(Architecture architecture) {
    return Arrays.stream(values())
        .filter(kind -> kind.architecture() == architecture.getClass())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no kind for " + architecture));
  }

  /**
   * The kind of that name.
   *
   * @throws IllegalArgumentException if there is none, naming the nearest one
   */
  public static ModelKind named(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.name.equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(unknown(name)));
  }

  /** Says that there is no kind of that name, and which ones there are. */
  static String unknown(String name) {
    List<String> known = Arrays.stream(values()).map(ModelKind::toString).toList();
    return "kind \"%s\" is unknown%s; there are %s"
        .formatted(name, NearestName.hint(name, known), String.join(", ", known));
  }

  /** The name in commands and configs. */
  @Override
  public String toString() {
    return name;
  }
}
