package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts as being as a page shows it. */
class GuideTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rows: 4,000 looked at (all)      | rows: 12 looked at (all)        | true
          rows: 4,000 looked at (all)      | rows: none looked at (all)      | false
          rows: 4,000 looked at (all)      | rows: 12 looked at              | false
          {"accepted":1,"rejected":0}      | {"accepted":998,"rejected":2}   | true
          {"accepted":1,"rejected":0}      | {"accepted":998}                | false
          AUC    0.77  0.8                 | AUC 0.5 0.61                    | true
          {"model":"fm",…,"results":[…]}   | {"model":"fm","results":[]}     | false
          {"model":"fm",…,"results":[…]}   | {"model":"fm","v":3,"results":[]} | true
          data …/up                        | data /tmp/x/up                  | true
          p50 117 ms, p99 295 ms.          | p50 3 ms, p99 4 ms              | false
          """)
  void aLineIsComparedByItsShape(String shown, String came, boolean same) {
    assertThat(GuideText.ids(List.of(shown), List.of(came)).isPresent()).isEqualTo(same);
  }

  @Test
  void aLineOfDotsIsAnyLines() {
    List<String> came = List.of("a", "b", "c");
    assertThat(GuideText.ids(List.of("a", "..."), came)).isPresent();
    assertThat(GuideText.ids(List.of("...", "c"), came)).isPresent();
    assertThat(GuideText.ids(List.of("a", "...", "b", "c"), came)).isPresent();
    assertThat(GuideText.ids(List.of("a", "c"), came)).isEmpty();
    assertThat(GuideText.ids(List.of("a", "b"), came)).isEmpty();
    assertThat(GuideText.ids(List.of(), List.of())).isPresent();
  }

  @Test
  void idsThatAreCutAreTold() {
    assertThat(
            GuideText.ids(
                    List.of("{\"id\":\"0c1f-…\",…}", "2 7b1f…  a 0.1"),
                    List.of("{\"id\":\"beef-77\",\"x\":1}", "2 cafe-1 a 0.2"))
                .orElseThrow())
        .containsEntry("0c1f-…", "beef-77")
        .containsEntry("7b1f…", "cafe-1");
  }
}
