package io.millrace.offline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.explanation.Explanation;
import io.millrace.explanation.GlobalExplanation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplanationTablesTest {

  @Test
  void aPredictionsTablesHoldItsPartsAndWhatIsCutOff() {
    String value = "v".repeat(40);
    Explanation explanation =
        new Explanation(
            "fm",
            0.5f,
            0.6225f,
            List.of(
                new Explanation.Field("user", value, 1.5f, -0.25f, null, null),
                new Explanation.Field("item", null, -0.5f, 0f, null, null)),
            0.125f,
            List.of(new Explanation.Pair(List.of("user", "item"), 0.75f)),
            null,
            null,
            Map.of("fields", 3, "pairs", 1_234));

    assertThat(ExplanationTables.of(explanation).lines())
        .containsExactly(
            "fm: probability 0.6225, logit +0.5000",
            "",
            "field                value                               effect     linear",
            "user                 " + "v".repeat(31) + "…   +1.5000    -0.2500",
            "item                 -                                  -0.5000     0.0000",
            "… and 3 more (--top)",
            "(rest)               bias or perceptron                            +0.1250",
            "",
            "pair                                       product",
            "user · item                                +0.7500",
            "… and 1,234 more (--top)");
  }

  @Test
  void aCrossFeatureWithFewerTermsThanItsOrderEndsInDots() {
    Explanation.Cross cross =
        new Explanation.Cross(1, 7, 3, 2.5f, List.of(new Explanation.Term("user", 0.4f, -2f)));
    Explanation explanation =
        new Explanation(
            "armnet",
            0f,
            0.5f,
            List.of(new Explanation.Field("user", "u", 0f, null, 2f, null)),
            null,
            null,
            null,
            List.of(cross),
            Map.of());

    assertThat(ExplanationTables.of(explanation).lines())
        .endsWith(
            "head neuron order    weight  powers", "   1      7     3    2.5000  user^-2.000 …");
  }

  @Test
  void aModelsAttentionHasARowForEachFieldThatAttends() {
    GlobalExplanation explanation =
        new GlobalExplanation(
            "autoint",
            1_000,
            List.of(new GlobalExplanation.Field("user", 0.5, null, null, 0.6)),
            null,
            new GlobalExplanation.Attention(
                List.of("user", "item_category"), new double[][] {{0.9, 0.1}, {0.3, 0.7}}),
            null,
            Map.of());

    assertThat(ExplanationTables.of(explanation).lines())
        .containsExactly(
            "autoint: means over 1,000 examples",
            "",
            "field                 |effect|  attention",
            "user                    0.5000     0.6000",
            "",
            "attention paid to ▸      user item_cat",
            "user                   0.9000   0.1000",
            "item_category          0.3000   0.7000");
  }

  @Test
  void anArmNetWhoseGatesNeverCloseHasNoInteractions() {
    GlobalExplanation explanation =
        new GlobalExplanation(
            "armnet+",
            1,
            List.of(new GlobalExplanation.Field("user", 0.5, null, null, null)),
            null,
            null,
            null,
            Map.of());

    assertThat(ExplanationTables.of(explanation)).contains("no interactions: alpha is 1");
  }
}
