package io.millrace.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.millrace.feature.FeatureSchema;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What making records of candidates costs, and what is too many of them. */
class CandidateRecordsTest {
  private static Candidates candidates(
      Map<String, Object> context, int count, Map<String, Object> each) {
    List<Candidates.Candidate> all =
        IntStream.range(0, count)
            .mapToObj(i -> new GivenFeatures("candidates[" + i + "]", each))
            .map(features -> new Candidates.Candidate(features, null, 1))
            .toList();
    return new Candidates(new GivenFeatures("context", context), all);
  }

  private static CandidateRecords records(Candidates candidates, FeatureSchema schema, int cells) {
    return CandidateRecords.of(candidates, 0, RequestFeatures.of(schema, null), cells);
  }

  /** 45 GB before the context was checked once: each candidate copied 120,000 keys. */
  @Test
  void aContextIsCheckedOnceWhateverTheNumberOfCandidates() {
    Map<String, Object> context = new LinkedHashMap<>();
    for (int i = 0; i < 100_000; i++) {
      context.put(Integer.toString(i, 36), 1);
    }
    Candidates candidates = candidates(context, 10_000, Map.of());
    long before = Allocation.ofThisThread();
    assertThatThrownBy(() -> records(candidates, ServedFixture.RAW, Integer.MAX_VALUE))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageStartingWith("context.0: 1, expected a field of Raw, known: ad_id");
    assertThat(Allocation.ofThisThread() - before).isLessThan(1 << 20);
  }

  @Test
  void whatCandidatesShareIsConvertedOnce() {
    Map<String, Object> context =
        Map.of("user_id", "u", "history", Collections.nCopies(10_000, "x"));
    Candidates candidates = candidates(context, 1000, Map.of("ad_id", "a"));
    long before = Allocation.ofThisThread();
    CandidateRecords records = records(candidates, ServedFixture.SCHEMA, Integer.MAX_VALUE);
    // 1000 records of 7 fields; a list of 10,000 items each would take 40 MB and more.
    assertThat(Allocation.ofThisThread() - before).isLessThan(4 << 20);
    assertThat(records.forModel()).hasSize(1000);
    assertThat(records.forModel().get(999).get("history")).asList().hasSize(10_000);
  }

  @Test
  void candidatesTimesFeaturesAreBounded() {
    Candidates candidates = candidates(Map.of(), 4, Map.of());
    InvalidRequestException e =
        catchThrowableOfType(
            InvalidRequestException.class, () -> records(candidates, ServedFixture.RAW, 23));
    assertThat(e).hasMessage("candidates: \"4 elements\", expected at most 3 for 6 features each");
    assertThat(e.field()).isEqualTo("candidates");
  }
}
