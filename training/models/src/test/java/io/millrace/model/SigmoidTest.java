package io.millrace.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SigmoidTest {

  @Test
  void hasKnownValuesAndNeverOverflows() {
    assertThat(Sigmoid.of(0)).isEqualTo(0.5);
    assertThat(Sigmoid.of(2)).isCloseTo(0.8807970779778823, within(1e-16));
    assertThat(Sigmoid.of(-40)).isCloseTo(4.248354255291589e-18, within(1e-32));
    assertThat(Sigmoid.of(1000)).isEqualTo(1);
    assertThat(Sigmoid.of(-1000)).isZero();
  }

  @Test
  void mirrorsAndInverts() {
    for (double z = -20; z <= 20; z += 0.37) {
      assertThat(Sigmoid.of(-z)).isCloseTo(1 - Sigmoid.of(z), within(1e-15));
      double tolerance = 1e-15 / Sigmoid.of(-Math.abs(z)); // p near 1 has few digits left
      assertThat(Sigmoid.inverse(Sigmoid.of(z))).isCloseTo(z, within(tolerance));
    }
  }

  @Test
  void crossEntropyIsTheLogOfTheProbability() {
    for (double z = -15; z <= 15; z += 0.41) {
      assertThat(BinaryCrossEntropy.loss(z, 1)).isCloseTo(-Math.log(Sigmoid.of(z)), within(1e-9));
      assertThat(BinaryCrossEntropy.loss(z, 0)).isCloseTo(-Math.log(Sigmoid.of(-z)), within(1e-9));
    }
    assertThat(BinaryCrossEntropy.loss(800, 0)).isEqualTo(800);
    assertThat(BinaryCrossEntropy.loss(-800, 0)).isZero();
  }

  @Test
  void theGradientIsTheDerivativeOfTheLoss() {
    double h = 1e-5;
    for (int y = 0; y <= 1; y++) {
      for (double z = -8; z <= 8; z += 0.53) {
        double numeric =
            (BinaryCrossEntropy.loss(z + h, y) - BinaryCrossEntropy.loss(z - h, y)) / (2 * h);
        assertThat(BinaryCrossEntropy.gradient(Sigmoid.of(z), y)).isCloseTo(numeric, within(1e-9));
      }
    }
  }
}
