package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an experiment has shown, as a table. */
class ResultsTextTest {
  @Test
  void saysVerdictUnitsAndTheDecidingInterval() throws IOException {
    List<String> lines =
        ResultsText.of(
            new ObjectMapper()
                .readTree(
                    """
                    {"experiment":"faster","state":"running","control":"old",
                     "lastChange":{"by":"ann","at":"2026-01-01T12:00:00Z","reason":"more"},
                     "verdict":{"conclusion":"OPEN","words":"Nothing is shown yet."},
                     "arms":[{"arm":"old","share":0.5,"units":1200,"crossed":3,"ignored":0},
                             {"arm":"new","share":0.5,"units":1180,"crossed":3,"ignored":1}],
                     "mismatch":{"words":"Units are as they should be."},
                     "metrics":[{"outcome":"click","kind":"rate","decides":true,
                       "levels":[{"arm":"old","impressions":9000,"mean":0.03},
                                 {"arm":"new","impressions":8800,"mean":0.033}],
                       "effects":[{"arm":"new","adjustedPValue":0.21,"probabilityToBeat":0.93,
                         "relativeLift":{"value":0.1,"intervals":[
                           {"method":"fixed","decides":false,"lower":-0.01,"upper":0.21},
                           {"method":"always-valid","decides":true,"lower":-0.05,"upper":0.25}]},
                         "power":{"words":"about 4,000 units still"}}]}],
                     "guardRails":[{"words":"old is safe"}],"interference":"All learn from all.",
                     "notes":["no covariate"]}"""));
    List<String> narrow = lines.stream().map(line -> line.replaceAll(" +", " ")).toList();
    assertThat(narrow)
        .containsSubsequence(
            "faster, running: Nothing is shown yet.",
            "ann, at 2026-01-01T12:00:00Z: more",
            "old 50.0 % 1,200 3 0",
            "new 50.0 % 1,180 3 1",
            "Units are as they should be.",
            "click rate, decides impressions mean lift interval p to beat",
            "old 9,000 0.03000 – – – –",
            "new 8,800 0.03300 +10.00 % -5.00 to +25.00 % 0.2100 93.0 %",
            "new: about 4,000 units still",
            "old is safe",
            "All learn from all.",
            "no covariate");
  }
}
