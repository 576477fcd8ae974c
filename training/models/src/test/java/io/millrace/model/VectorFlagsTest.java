package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class VectorFlagsTest {

  @Test
  void theBuildSetsWhatTheLauncherSets() {
    assertThat(VectorFlags.advice()).isEmpty();
  }

  @Test
  void saysWhatIsMissingAndWhatItCosts() {
    assertThat(VectorFlags.advice(false, OptionalLong.empty()))
        .contains(
            "Java was started without --add-modules jdk.incubator.vector: models are computed value"
                + " by value, many times slower.");
    assertThat(VectorFlags.advice(true, OptionalLong.of(100)))
        .contains(
            "PerMethodTrapLimit is 100, expected at least 10000 (-XX:PerMethodTrapLimit=10000):"
                + " some processes compute models ten times slower otherwise, for as long as they"
                + " live.");
    assertThat(VectorFlags.advice(true, OptionalLong.empty())).isEmpty();
  }
}
