package io.millrace.bits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SplitMix64Test {

  /** The first numbers of Vigna's splitmix64.c from state 1234567. */
  @Test
  void numbersAreThoseOfTheReferenceGenerator() {
    long[] expected = {
      6457827717110365317L, 3203168211198807973L, -8629252141511181193L, 4593380528125082431L
    };
    for (int n = 1; n <= expected.length; n++) {
      assertThat(SplitMix64.mix(1234567 + n * SplitMix64.GOLDEN)).isEqualTo(expected[n - 1]);
    }
  }

  @Test
  void unitsAreInZeroToOne() {
    assertThat(SplitMix64.unit(0)).isZero();
    assertThat(SplitMix64.unit(-1)).isEqualTo(1 - 0x1p-53);
    assertThat(SplitMix64.unit(Long.MIN_VALUE)).isEqualTo(0.5);
  }
}
