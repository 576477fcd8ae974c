package io.millrace.explanation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.model.CrossFeature;
import io.millrace.model.Reasons;
import io.millrace.model.Sigmoid;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final List<String> NAMES = List.of("user", "ad", "hour");
  private static final List<@Nullable String> VALUES = Arrays.asList("u1", "a7", null);
  private static final FeatureSchema SCHEMA =
      FeatureSchema.parse(
          new Schema.Parser()
              .parse(
                  """
                  {"type":"record","name":"Shown",
                   "millrace":{"table":{"rows":1024,"dim":8},
                               "crosses":[{"name":"both","fields":["user","hour"]}]},
                   "fields":[
                    {"name":"user","type":"string","feature":{"kind":"categorical"}},
                    {"name":"hour","type":["null","int"],"default":null,
                     "feature":{"kind":"categorical"}}]}
                  """));

  private static Explanation of(Reasons.Detail detail) {
    return Explanation.of(
        "k", NAMES, VALUES, new Reasons(0.5f, new float[] {.1f, -.4f, .2f}, detail));
  }

  private static CrossFeature cross(int neuron, CrossFeature.Term... terms) {
    return new CrossFeature(0, neuron, List.of(terms));
  }

  private static CrossFeature.Term term(int field, float weight) {
    return new CrossFeature.Term(field, 0.5f, weight);
  }

  @Test
  void fieldsComeLargestEffectFirstWithTheirValues() {
    Explanation explanation = of(new Reasons.None());

    assertThat(explanation.probability()).isCloseTo((float) Sigmoid.of(0.5), within(1e-7f));
    assertThat(explanation.fields())
        .containsExactly(
            new Explanation.Field("ad", "a7", -.4f, null, null, null),
            new Explanation.Field("hour", null, .2f, null, null, null),
            new Explanation.Field("user", "u1", .1f, null, null, null));
    assertThat(explanation.rest()).isNull();
  }

  @Test
  void attentionIsSummedUpByWhoReceivedIt() {
    float[][] first = {{.5f, .5f, 0}, {.25f, .5f, .25f}, {0, 0, 1}};
    float[][] second = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    Explanation explanation = of(new Reasons.Attention(new float[][][][] {{first, second}}));

    assertThat(explanation.fields().get(2).field()).isEqualTo("user");
    assertThat(explanation.fields().get(2).attention()).isCloseTo(1.75f / 6, within(1e-6f));
    assertThat(attention(explanation).strongest()).hasSize(18);
    assertThat(attention(explanation.top(4)).strongest()).hasSize(4);
    assertThat(explanation.top(4).leftOut()).isEqualTo(Map.of("attention", 14));
    assertThat(attention(explanation.top(4)).matrices()).isNotNull();
  }

  @Test
  void matricesOfLargeModelsAreLeftOut() {
    Explanation explanation = of(new Reasons.Attention(new float[60][10][3][3]));

    assertThat(attention(explanation).matrices()).isNotNull();
    assertThat(attention(explanation.top(4)).matrices()).isNull();
  }

  private static Explanation.Attention attention(Explanation explanation) {
    return Objects.requireNonNull(explanation.attention());
  }

  @Test
  void everyListIsCut() {
    Reasons.Terms terms =
        new Reasons.Terms(
            new float[3], List.of(new Reasons.Pair(0, 1, 3), new Reasons.Pair(0, 2, 2)), 0);
    Explanation summed = of(terms).top(1);
    assertThat(summed.fields()).hasSize(1);
    assertThat(summed.pairs()).containsExactly(new Explanation.Pair(List.of("user", "ad"), 3));
    assertThat(summed.leftOut()).isEqualTo(Map.of("fields", 2, "pairs", 1));

    Explanation crossed =
        of(new Reasons.Crosses(
                List.of(cross(0, term(1, 2), term(0, 1)), cross(1, term(0, 1))), new float[3]))
            .top(1);
    assertThat(crossed.crossFeatures())
        .containsExactly(
            new Explanation.Cross(0, 0, 2, 3, List.of(new Explanation.Term("ad", 0.5f, 2))));
    assertThat(crossed.leftOut()).isEqualTo(Map.of("fields", 2, "crossFeatures", 1));
  }

  @Test
  void valuesAreShownAsGivenAndCut() {
    ModelConfig config = ModelConfig.defaults(ModelKind.FM, "m", SCHEMA);
    try (CompiledModel compiled = CompiledModel.of(config, SCHEMA);
        PredictionExplainer explainer =
            new PredictionExplainer(compiled, compiled.initialTable(), compiled.initialTensors())) {
      String name = "x".repeat(120);
      Explanation explanation =
          explainer.explain(FeatureRecords.fromMap(SCHEMA, Map.of("user", name, "hour", 7)));
      assertThat(value(explanation, "user")).isEqualTo("x".repeat(100) + "…");
      assertThat(value(explanation, "hour")).isEqualTo("7");
      assertThat(explanation.kind()).isEqualTo("fm");

      Explanation other =
          explainer.explain(FeatureRecords.fromMap(SCHEMA, Map.of("user", "u1", "hour", 7)));
      assertThat(value(other, "both")).isEqualTo("u1 × 7");
      Explanation missing = explainer.explain(FeatureRecords.fromMap(SCHEMA, Map.of("user", "u1")));
      assertThat(value(missing, "hour")).isNull();
      assertThat(value(missing, "both")).isNull();
    }
  }

  private static @Nullable String value(Explanation explanation, String field) {
    return explanation.fields().stream()
        .filter(f -> f.field().equals(field))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void supportsAreCountedPerExample() {
    ExplanationTotals totals = new ExplanationTotals("armnet", NAMES);
    totals.add(
        crosses(
            cross(0, term(1, 2), term(0, -1)),
            cross(1, term(0, 1), term(1, 1)),
            cross(2, term(2, 4))));
    totals.add(
        crosses(cross(0, term(1, 2)), cross(1, term(0, 1), term(1, 2)), cross(2, term(2, 2))));
    GlobalExplanation explanation = totals.explanation();

    assertThat(explanation.examples()).isEqualTo(2);
    assertThat(explanation.interactions())
        .containsExactly(
            new GlobalExplanation.Interaction(List.of("user", "ad"), 2, 1.5, 8 / 3.0),
            new GlobalExplanation.Interaction(List.of("hour"), 1, 1, 3),
            new GlobalExplanation.Interaction(List.of("ad"), 1, 0.5, 2));
    assertThat(explanation.top(1).interactions()).hasSize(1);
    assertThat(explanation.top(1).leftOut()).isEqualTo(Map.of("interactions", 2));
    assertThat(explanation.fields().get(0).importance()).isEqualTo(.5);
  }

  private static Reasons crosses(CrossFeature... features) {
    return new Reasons(
        0, new float[3], new Reasons.Crosses(List.of(features), new float[] {.5f, 0, 0}));
  }

  @Test
  void meansAreOfMagnitudes() {
    ExplanationTotals totals = new ExplanationTotals("fm", NAMES);
    for (float sign : new float[] {1, -1}) {
      totals.add(
          new Reasons(
              0,
              new float[] {sign, 3 * sign, 0},
              new Reasons.Terms(
                  new float[] {2 * sign, 0, 0}, List.of(new Reasons.Pair(0, 2, 4 * sign)), 0)));
    }
    GlobalExplanation explanation = totals.explanation();

    assertThat(explanation.fields().get(0))
        .isEqualTo(new GlobalExplanation.Field("ad", 3, 0.0, null, null));
    assertThat(explanation.fields().get(1))
        .isEqualTo(new GlobalExplanation.Field("user", 1, 2.0, null, null));
    assertThat(explanation.pairs())
        .startsWith(new GlobalExplanation.Pair(List.of("user", "hour"), 4));
  }

  @Test
  void attentionIsAveragedOverExamples() {
    ExplanationTotals totals = new ExplanationTotals("autoint", NAMES);
    float[][] same = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    float[][] first = {{1, 0, 0}, {1, 0, 0}, {1, 0, 0}};
    for (float[][] matrix : List.of(same, first)) {
      totals.add(new Reasons(0, new float[3], new Reasons.Attention(new float[][][][] {{matrix}})));
    }

    assertThat(Objects.requireNonNull(totals.explanation().attention()).mean())
        .isDeepEqualTo(new double[][] {{1, 0, 0}, {.5, .5, 0}, {.5, 0, .5}});
  }

  @Test
  void noExamplesExplainNothing() {
    assertThatThrownBy(() -> new ExplanationTotals("fm", NAMES).explanation())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("examples: 0, expected at least 1");
  }
}
