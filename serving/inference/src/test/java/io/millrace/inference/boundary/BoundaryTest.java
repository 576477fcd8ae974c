package io.millrace.inference.boundary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Numbers of confseq (MIT), test/uniform_boundaries_unittest.cpp and its Python package, which come
 * from a reference implementation in R and hold to 1e-5.
 */
class BoundaryTest {
  private static Stream<Arguments> mixtures() {
    return Stream.of(
        Arguments.of(NormalMixture.twoSided(100, 0.05), -0.6510052, 30.35209),
        Arguments.of(NormalMixture.oneSided(100, 0.05), -0.06502391, 27.66071),
        Arguments.of(GammaExponentialMixture.at(100, 0.05, 2), -0.2490165, 33.02017),
        Arguments.of(GammaPoissonMixture.at(100, 0.05, 2), -0.06991219, 30.1949),
        Arguments.of(BetaBinomialMixture.at(100, 0.05, 0.2, 0.8, false), -0.6941012, 31.4308),
        Arguments.of(BetaBinomialMixture.at(100, 0.05, 0.2, 0.8, true), -0.07134019, 28.41238));
  }

  @ParameterizedTest
  @MethodSource("mixtures")
  void mixturesAreThoseOfTheReference(Mixture mixture, double logarithm, double bound) {
    assertThat(mixture.logSupermartingale(10, 100)).isCloseTo(logarithm, within(1e-5));
    assertThat(mixture.bound(100, 0.05)).isCloseTo(bound, within(1e-5));
  }

  /** It begins at 1, and at its bound it is 1/α. */
  @ParameterizedTest
  @MethodSource("mixtures")
  void aMixtureBeginsAtOneAndReachesItsBound(Mixture mixture, double logarithm, double bound) {
    assertThat(mixture.logSupermartingale(0, 0)).isCloseTo(0, within(1e-9));
    for (double time : new double[] {5, 100, 1e4}) {
      double reached = mixture.bound(time, 0.01);
      if (reached < mixture.largestSum(time)) {
        assertThat(mixture.logSupermartingale(reached, time))
            .isCloseTo(Math.log(100), within(1e-6));
      }
      assertThat(mixture.bound(time, 0.1)).isLessThanOrEqualTo(reached);
    }
  }

  @Test
  void theBestPrecisionIsThatOfTheReference() {
    assertThat(NormalMixture.bestRho(100, 0.05)).isCloseTo(12.60056, within(1e-5));
  }

  @Test
  void stitchedBoundariesAreThoseOfTheReference() {
    assertThat(Stitching.polynomial(100, 0.05, 10, 3, 1.4, 2)).isCloseTo(64.48755, within(1e-5));
    assertThat(Stitching.polynomial(100, 0.05, 10, -1, 1.4, 2)).isCloseTo(28.99389, within(1e-5));
    assertThat(Stitching.empiricalProcess(1000, 0.05, 100, 0.85))
        .isCloseTo(0.08204769, within(1e-5));
    assertThat(Stitching.empiricalProcess(99, 0.05, 100, 0.85)).isInfinite();
  }

  @ParameterizedTest
  @CsvSource({"0.5, 68.62803", "0.9, 43.72119", "0.1, 59.96521"})
  void theBoundaryOfAllQuantilesIsThatOfTheReference(double quantile, double bound) {
    assertThat(Stitching.allQuantiles(quantile, 1000, 0.05, 100, 0.5, 1.4, 2))
        .isCloseTo(bound, within(1e-5));
  }

  /** scipy 1.10.1: scipy.special.zeta([1.1, 1.4, 2, 5]). */
  @ParameterizedTest
  @CsvSource({
    "1.1, 10.584448464950810",
    "1.4, 3.105547277977580",
    "2, 1.644934066848226",
    "5, 1.036927755143370"
  })
  void zetaIsThatOfScipy(double s, double zeta) {
    assertThat(Stitching.zeta(s)).isCloseTo(zeta, within(1e-10));
  }

  @ParameterizedTest
  @CsvSource({
    "700, 1000, 100, .651629, .745949",
    "15, 50, 50, .129556, .511896",
    "1, 50, 50, 0, .13489",
    "100, 200, 1, .328923, .671076"
  })
  void sequencesOfBernoulliTrialsAreThoseOfTheReference(
      double successes, long trials, double best, double lower, double upper) {
    BernoulliSequence.Ends ends = new BernoulliSequence(0.05, best).interval(successes, trials);
    assertThat(ends.lower()).isCloseTo(lower, within(1e-5));
    assertThat(ends.upper()).isCloseTo(upper, within(1e-5));
  }

  @Test
  void aSequenceOfTrialsIsMirroredAndKnowsItsEnds() {
    BernoulliSequence sequence = new BernoulliSequence(0.05, 100);
    BernoulliSequence.Ends ends = sequence.interval(3, 40);
    BernoulliSequence.Ends mirrored = sequence.interval(37, 40);
    assertThat(1 - mirrored.upper()).isCloseTo(ends.lower(), within(1e-9));
    assertThat(1 - mirrored.lower()).isCloseTo(ends.upper(), within(1e-9));
    assertThat(sequence.interval(0, 40).lower()).isZero();
    assertThat(sequence.interval(0, 40).upper()).isBetween(0.05, 0.3);
    assertThat(sequence.interval(40, 40).upper()).isEqualTo(1);
    assertThat(sequence.interval(0, 0)).isEqualTo(new BernoulliSequence.Ends(0, 1));
    assertThatThrownBy(() -> sequence.interval(5, 4))
        .hasMessage("5.0 successes of 4 trials are no share");
    assertThatThrownBy(() -> new BernoulliSequence(0, 1))
        .hasMessage(
            "a sequence needs alpha between 0 and 1 and trials above 0, but has 0.0 and 1.0");
    assertThatThrownBy(() -> new NormalMixture(0, false))
        .hasMessage("rho of a mixture is above 0, but is 0.0");
  }

  @Test
  void aDifferenceOfTrialsComesFromBothAtHalfTheError() {
    BernoulliSequence sequence = new BernoulliSequence(0.05, 100);
    BernoulliSequence half = new BernoulliSequence(0.025, 100);
    BernoulliSequence.Ends difference = sequence.difference(10, 200, 80, 300);
    assertThat(difference.lower())
        .isEqualTo(half.interval(80, 300).lower() - half.interval(10, 200).upper())
        .isPositive();
    assertThat(difference.upper())
        .isEqualTo(half.interval(80, 300).upper() - half.interval(10, 200).lower());
    BernoulliSequence.Ends turned = sequence.difference(80, 300, 10, 200);
    assertThat(turned.lower()).isEqualTo(-difference.upper());
    assertThat(sequence.difference(0, 0, 0, 0)).isEqualTo(new BernoulliSequence.Ends(-1, 1));
  }

  /** Looked at after every trial of 150 runs, the true rate is missed in less than 5 %. */
  @Test
  void aSequenceOfTrialsCoversAtAllTimes() {
    Random random = new Random(5);
    BernoulliSequence sequence = new BernoulliSequence(0.05, 200);
    int missed = 0;
    for (int run = 0; run < 150; run++) {
      int successes = 0;
      for (int n = 1; n <= 400; n++) {
        successes += random.nextDouble() < 0.1 ? 1 : 0;
        if (n % 10 == 0) {
          BernoulliSequence.Ends ends = sequence.interval(successes, n);
          if (ends.lower() > 0.1 || ends.upper() < 0.1) {
            missed++;
            break;
          }
        }
      }
    }
    assertThat(missed).isLessThan(8);
  }
}
