package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  @Test
  void countsEdits() {
    assertThat(NearestName.distance("", "abc")).isEqualTo(3);
    assertThat(NearestName.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(NearestName.distance("transfrom", "transform")).isEqualTo(1);
  }

  @Property(tries = 200)
  void distanceIsSymmetricAndZeroOnlyForEquals(
      @ForAll @AlphaChars @StringLength(max = 8) String a,
      @ForAll @AlphaChars @StringLength(max = 8) String b) {
    assertThat(NearestName.distance(a, b)).isEqualTo(NearestName.distance(b, a));
    assertThat(NearestName.distance(a, b) == 0).isEqualTo(a.equals(b));
  }

  @Test
  void suggestsOnlyWhatIsNear() {
    List<String> known = List.of("lookups", "transform", "kind");
    assertThat(NearestName.hint("lokups", known)).isEqualTo(", did you mean 'lookups'?");
    assertThat(NearestName.hint("zzz", known)).isEqualTo(", known: kind, lookups, transform");
    assertThat(NearestName.hint("zzz", List.of())).isEqualTo(", none is known here");
  }
}
