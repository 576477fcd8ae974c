package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NearestNameTest {
  private static LongStream seeds() {
    return new SplittableRandom(1).longs(200);
  }

  @Test
  void countsEdits() {
    assertThat(NearestName.distance("", "abc")).isEqualTo(3);
    assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.distance("transfrom", "transform")).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void distanceIsSymmetricAndZeroOnlyForEquals(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    String a = letters(random);
    String b = letters(random);
    assertThat(NearestName.distance(a, b)).isEqualTo(NearestName.distance(b, a));
    assertThat(NearestName.distance(a, b) == 0).isEqualTo(a.equals(b));
  }

  /** Few different ones, so that some are near each other and some equal. */
  private static String letters(SplittableRandom random) {
    StringBuilder letters = new StringBuilder();
    for (int left = random.nextInt(9); left > 0; left--) {
      letters.append((char) ('a' + random.nextInt(3)));
    }
    return letters.toString();
  }

  @Test
  void suggestsOnlyWhatIsNear() {
    List<String> known = List.of("lookups", "transform", "kind");
    assertThat(NearestName.hint("lokups", known)).isEqualTo(", did you mean 'lookups'?");
    assertThat(NearestName.hint("zzz", known)).isEqualTo(", known: kind, lookups, transform");
    assertThat(NearestName.hint("zzz", List.of())).isEqualTo(", none is known here");
  }
}
