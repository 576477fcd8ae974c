package io.millrace.inference.offpolicy;

import io.millrace.inference.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How often intervals of 95 % hold the true value, over simulated logs.
 *
 * <p>Arguments: a file for the table, number of logs, rounds of a log, samples of the bootstrap.
 */
final class CoverageCampaign {
  private CoverageCampaign() {}

  /** Share of logs whose interval holds the truth. */
  static double coverage(Estimator estimator, int logs, int rounds, int samples) {
    int held = 0;
    for (int i = 0; i < logs; i++) {
      SimulatedLog log = SimulatedLog.draw(rounds, 1000 + i);
      Interval interval = new Bootstrap(samples, i).interval(estimator, log.rounds(), 0.05);
      held += interval.contains(log.value()) ? 1 : 0;
    }
    return (double) held / logs;
  }

  public static void main(String[] arguments) throws IOException {
    int logs = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    int samples = Integer.parseInt(arguments[3]);
    List<String> rows = new ArrayList<>(List.of("estimator,bias,deviation,coverage"));
    for (Estimator estimator : EstimatorTest.estimators().toList()) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < logs; i++) {
        SimulatedLog log = SimulatedLog.draw(rounds, 1000 + i);
        double error = estimator.estimate(log.rounds()) - log.value();
        sum += error;
        squares += error * error;
      }
      double bias = sum / logs;
      rows.add(
          String.format(
              Locale.ROOT,
              "%s,%.4f,%.4f,%.1f",
              estimator.name(),
              bias,
              Math.sqrt(squares / logs - bias * bias),
              100 * coverage(estimator, logs, rounds, samples)));
    }
    Files.write(Path.of(arguments[0]), rows);
  }
}
