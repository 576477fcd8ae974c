package io.millrace.cli;

import io.millrace.inference.Interval;
import io.millrace.inference.offpolicy.Bootstrap;
import io.millrace.inference.offpolicy.Estimator;
import io.millrace.inference.offpolicy.LoggedRounds;
import io.millrace.inference.offpolicy.Support;
import io.millrace.inference.offpolicy.Tuning;
import io.millrace.offline.LoggedTable;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a policy would have earned, from the log of another. */
@Command(
    name = "ope",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Off-policy evaluation: what a target policy would have earned, from a table of what another",
      "policy did, a row a decision, with the probability with which it was taken.",
      "Exit status 1 if a row could not be used, or the log does not support an estimate."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OpeCommand implements Callable<Integer> {
  private static final List<Double> THRESHOLDS =
      List.of(1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 1_000.0);

  @Parameters(paramLabel = "FILE", description = "The table: csv, JSON lines or Parquet.")
  private Path file;

  @Option(
      names = "--reward",
      paramLabel = "COLUMN",
      description = "What came of it (default: ${DEFAULT-VALUE}).")
  private String reward = "reward";

  @Option(
      names = "--propensity",
      paramLabel = "COLUMN",
      description = "Probability with which it was done (default: ${DEFAULT-VALUE}).")
  private String propensity = "propensity";

  @Option(
      names = "--target",
      paramLabel = "COLUMN",
      description = "Probability with which the target policy does the same.")
  private @Nullable String target;

  @Option(
      names = "--actions",
      paramLabel = "N",
      description = "Instead of --target: the target chooses among so many at random.")
  private @Nullable Integer actions;

  @Option(
      names = "--predicted",
      paramLabel = "COLUMN",
      description = "A reward model's prediction of what was done, for DM, DR and its kin.")
  private @Nullable String predicted;

  @Option(
      names = "--predicted-of-target",
      paramLabel = "COLUMN",
      description = "Its mean prediction over what the target policy does.")
  private @Nullable String predictedOfTarget;

  @Option(
      names = "--samples",
      description = "Of the bootstrap, at least 100 (default: ${DEFAULT-VALUE}).")
  private int samples = 2_000;

  @Option(names = "--seed", description = "Of the bootstrap (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--confidence",
      description = "Of the intervals, between 0 and 1 (default: ${DEFAULT-VALUE}).")
  private double confidence = 0.95;

  @Override
  public Integer call() throws IOException {
    if (samples < 100) {
      throw new UserError("--samples: " + samples + ", expected 100 or more");
    }
    if (!(confidence > 0 && confidence < 1)) {
      throw new UserError("--confidence: " + confidence + ", expected between 0 and 1");
    }
    LoggedTable table =
        LoggedTable.read(
            file,
            new LoggedTable.Columns(
                reward,
                propensity,
                target,
                actions == null ? OptionalInt.empty() : OptionalInt.of(actions),
                predicted,
                predictedOfTarget));
    LoggedRounds log = table.rounds();
    Support support = Support.of(log);
    System.out.printf(
        Locale.ROOT,
        "%,d decisions; weights have mean %.3f ± %.3f (1 if the log shows all that the target does),"
            + " the largest is %.1f; effective size %,.0f%n",
        support.rounds(),
        support.meanWeight(),
        support.meanWeightError(),
        support.largestWeight(),
        support.effectiveSize());
    Bootstrap bootstrap = new Bootstrap(samples, seed);
    System.out.printf("%-24s %12s   %.0f %% interval%n", "estimator", "estimate", 100 * confidence);
    for (Estimator estimator : estimators(log)) {
      Interval interval = bootstrap.interval(estimator, log, 1 - confidence);
      System.out.printf(
          Locale.ROOT,
          "%-24s %12.6f   %.6f to %.6f%n",
          estimator.name(),
          estimator.estimate(log),
          interval.lower(),
          interval.upper());
    }
    support.warnings().forEach(warning -> System.err.println("warning: " + warning));
    if (table.rejected() > 0) {
      System.err.printf(
          "%d %s left out:%n", table.rejected(), table.rejected() == 1 ? "row" : "rows");
      table.problems().forEach(problem -> System.err.println("  " + problem));
    }
    return support.warnings().isEmpty() && table.rejected() == 0 ? 0 : Millrace.FAILURE;
  }

  private static List<Estimator> estimators(LoggedRounds log) {
    List<Estimator> all = new ArrayList<>();
    all.add(new Estimator.InversePropensity());
    all.add(new Estimator.SelfNormalized());
    if (log.hasModel()) {
      Tuning tuning = new Tuning(0.05);
      all.add(new Estimator.DirectMethod());
      all.add(new Estimator.DoublyRobust());
      all.add(new Estimator.SelfNormalizedDoublyRobust());
      all.add(tuning.switching(log, THRESHOLDS));
      all.add(tuning.shrinking(log, THRESHOLDS));
      all.add(new Estimator.MoreRobustDoublyRobust());
    }
    return all;
  }
}
