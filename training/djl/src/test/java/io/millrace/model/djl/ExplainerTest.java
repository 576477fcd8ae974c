package io.millrace.model.djl;

import static io.millrace.model.TestTensors.random;
import static io.millrace.model.TestTensors.weights;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.CrossFeature;
import io.millrace.model.CtrModel;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.Engine;
import io.millrace.model.Explainer;
import io.millrace.model.FactorizationMachineConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.LogisticRegressionConfig;
import io.millrace.model.Reasons;
import io.millrace.model.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ExplainerTest {
  private static final int FIELDS = 5;
  private static final int DIM = 6;

  private static Reasons explain(Architecture architecture, int dim, int rowWidth, float[] x) {
    CtrModel model = architecture.model(Engine.DJL, FIELDS, dim, rowWidth);
    try (Explainer explainer = architecture.explainer(FIELDS, dim, rowWidth)) {
      return explainer.explain(weights(model, 3), x, null);
    }
  }

  private static float sum(Reasons.Terms terms) {
    float sum = terms.rest();
    for (float linear : terms.linear()) {
      sum += linear;
    }
    for (Reasons.Pair pair : terms.pairs()) {
      sum += pair.product();
    }
    return sum;
  }

  private static Reasons.Terms terms(Reasons reasons) {
    return (Reasons.Terms) reasons.detail();
  }

  @Test
  void weightsTimesValuesAndBiasAreTheLogitOfALogisticRegression() {
    float[] x = random(FIELDS, 1);
    LogisticRegressionConfig lr = new LogisticRegressionConfig();
    Reasons reasons = explain(lr, 1, 1, x);

    Reasons.Terms terms = terms(reasons);
    assertThat(terms.linear()).containsExactly(x);
    assertThat(terms.rest())
        .isEqualTo(weights(lr.model(Engine.KERNELS, FIELDS, 1, 1), 3).values()[0][0]);
    assertThat(terms.pairs()).isEmpty();
    assertThat(sum(terms)).isCloseTo(reasons.logit(), within(1e-6f));
    assertThat(reasons.effects()).containsExactly(x, within(1e-6f));
  }

  @Test
  void linearTermsPairsAndBiasAreTheLogitOfAFactorizationMachine() {
    for (int rowWidth : new int[] {2, 3, 6}) {
      float[] x = random(FIELDS * DIM, 2);
      Reasons reasons = explain(new FactorizationMachineConfig(), DIM, rowWidth, x);

      assertThat(terms(reasons).pairs()).hasSize(FIELDS * (FIELDS - 1) / 2);
      assertThat(sum(terms(reasons)))
          .as("rows of %d", rowWidth)
          .isCloseTo(reasons.logit(), within(1e-5f));
    }
  }

  @Test
  void aFieldsEffectOnAFactorizationMachineIsAllThatHoldsIt() {
    Reasons reasons = explain(new FactorizationMachineConfig(), DIM, 3, random(FIELDS * DIM, 4));
    for (int f = 0; f < FIELDS; f++) {
      float expected = terms(reasons).linear()[f];
      for (Reasons.Pair pair : terms(reasons).pairs()) {
        expected += pair.first() == f || pair.second() == f ? pair.product() : 0;
      }
      assertThat(reasons.effects()[f]).isCloseTo(expected, within(1e-5f));
    }
  }

  @Test
  void linearTermsPairsAndThePerceptronAreTheLogitOfADeepFm() {
    float[] x = random(FIELDS * DIM, 5);
    Reasons reasons = explain(DeepFmConfig.streaming(), DIM, 3, x);

    assertThat(sum(terms(reasons))).isCloseTo(reasons.logit(), within(1e-5f));
    assertThat(terms(reasons).rest()).isNotZero();
  }

  @Test
  void pairsComeLargestMagnitudeFirst() {
    Reasons reasons = explain(new FactorizationMachineConfig(), DIM, 3, random(FIELDS * DIM, 6));
    List<Float> magnitudes =
        terms(reasons).pairs().stream().map(pair -> Math.abs(pair.product())).toList();

    assertThat(magnitudes).isSortedAccordingTo((a, b) -> Float.compare(b, a));
  }

  @Test
  void attentionIsThatOfTheModelAndItsRowsSumToOne() {
    AutoIntConfig part = AutoIntConfig.streaming();
    for (Architecture architecture :
        List.of(part, new AutoIntPlusConfig(part, HiddenLayers.plain(4)))) {
      float[] x = random(FIELDS * DIM, 7);
      Reasons reasons = explain(architecture, DIM, DIM, x);

      float[][][][] attention = ((Reasons.Attention) reasons.detail()).weights();
      assertThat(attention).hasDimensions(part.layers(), part.heads());
      for (float[][][] layer : attention) {
        for (float[][] head : layer) {
          for (float[] row : head) {
            float sum = 0;
            for (float weight : row) {
              sum += weight;
            }
            assertThat(row).hasSize(FIELDS);
            assertThat(sum).isCloseTo(1, within(1e-5f));
          }
        }
      }
      for (double[] row : ((Reasons.Attention) reasons.detail()).mean()) {
        double sum = 0;
        for (double weight : row) {
          sum += weight;
        }
        assertThat(sum).isCloseTo(1, within(1e-5));
      }
    }
  }

  @Test
  void crossFeaturesComeLargestWeightFirst() {
    ArmNetConfig part = new ArmNetConfig(2, 4, 2, false, false, true, HiddenLayers.plain(5));
    for (Architecture architecture :
        List.of(part, new ArmNetPlusConfig(part, HiddenLayers.plain(4)))) {
      Reasons reasons = explain(architecture, DIM, DIM, random(FIELDS * DIM, 8));

      Reasons.Crosses crosses = (Reasons.Crosses) reasons.detail();
      assertThat(crosses.features()).hasSize(part.totalNeurons());
      assertThat(crosses.features().stream().map(CrossFeature::weight).toList())
          .isSortedAccordingTo((a, b) -> Float.compare(b, a));
      float weights = 0;
      for (CrossFeature feature : crosses.features()) {
        weights += feature.weight();
      }
      float importance = 0;
      for (float field : crosses.importance()) {
        importance += field;
      }
      assertThat(importance).isCloseTo(weights, within(1e-5f));
    }
  }

  @Test
  void withoutGatesThereAreNoCrossFeatures() {
    ArmNetConfig config = new ArmNetConfig(1, 3, 1, false, false, true, HiddenLayers.plain(5));

    assertThat(explain(config, DIM, DIM, random(FIELDS * DIM, 9)).detail())
        .isInstanceOf(Reasons.None.class);
  }

  private static final AutoIntConfig ATTENTION = AutoIntConfig.official(2, 3, 5);
  private static final ArmNetConfig GATES =
      new ArmNetConfig(2, 9, 1.7f, false, false, true, HiddenLayers.plain(5));
  private static final ArmNetConfig LEARNED =
      new ArmNetConfig(3, 2, 1.5f, true, false, false, HiddenLayers.plain(5));

  static Stream<Arguments> byBothEngines() {
    DeepFmConfig deepFm = DeepFmConfig.streaming();
    AutoIntPlusConfig autoIntPlus = new AutoIntPlusConfig(ATTENTION, HiddenLayers.plain(4));
    ArmNetPlusConfig armNetPlus = new ArmNetPlusConfig(GATES, HiddenLayers.plain(4));
    return Stream.of(
        arguments(deepFm, DjlExplainers.machine(DjlModel.of(deepFm, FIELDS, DIM, 3), 3)),
        arguments(
            ATTENTION, DjlExplainers.attention(DjlModel.of(ATTENTION, FIELDS, DIM, 3), ATTENTION)),
        arguments(
            autoIntPlus,
            DjlExplainers.attention(DjlModel.of(autoIntPlus, FIELDS, DIM, 3), ATTENTION)),
        arguments(GATES, DjlExplainers.crosses(DjlModel.of(GATES, FIELDS, DIM, 3), GATES)),
        arguments(LEARNED, DjlExplainers.crosses(DjlModel.of(LEARNED, FIELDS, DIM, 3), LEARNED)),
        arguments(
            armNetPlus, DjlExplainers.crosses(DjlModel.of(armNetPlus, FIELDS, DIM, 3), GATES)));
  }

  @ParameterizedTest
  @MethodSource("byBothEngines")
  void kernelsShowWhatTheReferenceShows(Architecture architecture, Explainer reference) {
    Tensors weights = weights(architecture.model(Engine.DJL, FIELDS, DIM, 3), 3);
    boolean[] missing = {false, true, false, false, true};
    try (Explainer explainer = architecture.explainer(FIELDS, DIM, 3);
        reference) {
      for (boolean someAreMissing : new boolean[] {false, true, false}) {
        float[] x = random(FIELDS * DIM, 11);
        for (int f = 0; f < FIELDS && someAreMissing; f++) {
          Arrays.fill(x, f * DIM, (f + 1) * DIM, missing[f] ? 0 : x[f * DIM]);
        }
        Reasons actual = explainer.explain(weights, x, someAreMissing ? missing : null);
        Reasons expected = reference.explain(weights, x, someAreMissing ? missing : null);
        assertThat(actual)
            .usingRecursiveComparison()
            .withComparatorForType(ExplainerTest::toRounding, Float.class)
            .isEqualTo(expected);
      }
    }
  }

  private static int toRounding(float a, float b) {
    return Math.abs(a - b) <= 2e-5f * Math.max(1, Math.abs(b)) ? 0 : Float.compare(a, b);
  }
}
