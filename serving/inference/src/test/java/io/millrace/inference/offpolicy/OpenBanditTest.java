package io.millrace.inference.offpolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.inference.Interval;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.statistics.distribution.BetaDistribution;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.tukaani.xz.XZInputStream;

/**
 * The men's campaign of the Open Bandit Dataset (Saito, Aihara, Matsutani and Narita, NeurIPS 2021
 * Datasets and Benchmarks): what Bernoulli Thompson sampling would have earned, from the log of a
 * random policy. The files are not part of the project.
 */
class OpenBanditTest {
  /** Parameters of the items in production: obp/policy/conf/prior_bts.yaml (Apache 2.0). */
  private static final double[] ALPHA = {
    47, 8, 62, 142, 3, 6, 100, 48, 23, 71, 61, 13, 16, 518, 30, 7, 4, 23, 8, 10, 11, 11, 18, 121,
    11, 4, 32, 30, 9, 22, 6, 23, 5, 54
  };

  private static final double[] BETA = {
    12198, 3566, 15993, 35522, 2367, 3100, 24665, 13210, 7061, 18061, 17449, 5644, 6787, 111326,
    8776, 3334, 2271, 7389, 2659, 3665, 4724, 3561, 5085, 27407, 4601, 2923, 8897, 8654, 4000, 6580,
    3174, 6766, 2602, 14506
  };

  private static final int POSITIONS = 3;

  private record Row(int item, int position, double click, double propensity) {}

  private static List<Row> read(String file) throws IOException {
    Path path = Path.of(System.getProperty("millrace.shared", "."), "data", file);
    Assumptions.assumeTrue(Files.exists(path), () -> "skipped: needs the data file " + file);
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Files.newInputStream(path)), StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .skip(1)
          .map(line -> line.split(",", -1))
          .map(
              cells ->
                  new Row(
                      Integer.parseInt(cells[2]),
                      Integer.parseInt(cells[3]) - 1,
                      Double.parseDouble(cells[4]),
                      Double.parseDouble(cells[5])))
          .toList();
    }
  }

  /**
   * Probability that an item's draw has each rank, by integration over its value: of the others'
   * draws, as many lie above as the rank says (a Poisson binomial distribution).
   */
  private static double[][] thompson() {
    double[][] probability = new double[ALPHA.length][POSITIONS];
    BetaDistribution[] items = new BetaDistribution[ALPHA.length];
    for (int i = 0; i < items.length; i++) {
      items[i] = BetaDistribution.of(ALPHA[i], BETA[i]);
    }
    int steps = 800;
    double width = 0.03 / steps;
    for (int step = 0; step < steps; step++) {
      double value = (step + 0.5) * width;
      double[] above = new double[items.length];
      for (int i = 0; i < items.length; i++) {
        above[i] = items[i].survivalProbability(value);
      }
      for (int i = 0; i < items.length; i++) {
        double[] rank = {1, 0, 0};
        for (int j = 0; j < items.length; j++) {
          if (j != i) {
            for (int k = POSITIONS - 1; k >= 0; k--) {
              rank[k] = rank[k] * (1 - above[j]) + (k > 0 ? rank[k - 1] * above[j] : 0);
            }
          }
        }
        double density = items[i].density(value) * width;
        for (int k = 0; k < POSITIONS; k++) {
          probability[i][k] += density * rank[k];
        }
      }
    }
    return probability;
  }

  @Test
  void aRandomLogTellsWhatThompsonSamplingEarns() throws IOException {
    List<Row> random = read("obd_random_men.csv.xz");
    double[][] thompson = thompson();
    LoggedRounds log =
        new LoggedRounds(
            random.stream().mapToDouble(Row::click).toArray(),
            random.stream().mapToDouble(Row::propensity).toArray(),
            random.stream().mapToDouble(r -> thompson[r.item][r.position]).toArray());
    Support support = Support.of(log);
    assertThat(support.meanWeight()).isCloseTo(.985, within(.01));
    assertThat(support.effectiveSize()).isCloseTo(2470, within(40.0));
    assertThat(support.warnings()).isEmpty();
    assertThat(new Estimator.InversePropensity().estimate(log)).isCloseTo(.00453, within(5e-5));
    assertThat(new Estimator.SelfNormalized().estimate(log)).isCloseTo(.00460, within(5e-5));
    Interval interval = new Bootstrap(1000, 1).interval(new Estimator.SelfNormalized(), log, 0.05);
    assertThat(interval.lower()).isCloseTo(.0025, within(4e-4));
    assertThat(interval.upper()).isCloseTo(.0071, within(4e-4));
    double own =
        read("obd_bts_men.csv.xz").stream().mapToDouble(Row::click).average().orElseThrow();
    assertThat(own).isCloseTo(.0069, within(5e-5));
    assertThat(interval.contains(own)).isTrue();
  }

  /** The random policy from its own log. */
  @Test
  void aRandomLogIsWorthItsMean() throws IOException {
    List<Row> random = read("obd_random_men.csv.xz");
    double[] propensity = random.stream().mapToDouble(Row::propensity).toArray();
    LoggedRounds log =
        new LoggedRounds(
            random.stream().mapToDouble(Row::click).toArray(), propensity, propensity.clone());
    assertThat(new Estimator.InversePropensity().estimate(log)).isCloseTo(.0046, within(1e-12));
    assertThat(Support.of(log).meanWeight()).isCloseTo(1, within(1e-12));
  }
}
