package io.millrace.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Simulated experiments that are looked at after every 1 % of their units: how often each method
 * sees an effect, and how often its intervals miss the true one. {@link TrialCampaignTest} is its
 * short form.
 *
 * <p>Arguments: a folder for the tables, number of experiments, units of an arm.
 */
final class TrialCampaign {
  static final double ALPHA = 0.05;
  static final int LOOKS = 100;

  /** Units of an arm from which the variance is taken that a planned effect depends on. */
  private static final int PILOT = 40_000;

  private static final List<Double> SHARES =
      IntStream.rangeClosed(1, LOOKS).mapToObj(i -> i / (double) LOOKS).toList();
  private static final Map<String, double[]> BOUNDARIES =
      Map.of(
          "group-sequential like O'Brien-Fleming",
          new GroupSequential(Spending.OBRIEN_FLEMING_LIKE, SHARES).boundary(ALPHA),
          "group-sequential like Pocock",
          new GroupSequential(Spending.POCOCK_LIKE, SHARES).boundary(ALPHA));

  /** Kinds of units. */
  enum Data {
    /** Exponential values of mean 1. */
    SKEWED_MEAN(Metric.MEAN, Adjustment.NONE) {
      @Override
      UnitValues unit(SplittableRandom random, double effect) {
        return UnitValues.of(-Math.log1p(-random.nextDouble()) + effect);
      }
    },
    /** A rate of 5 %. */
    RATE(Metric.PROPORTION, Adjustment.NONE) {
      @Override
      UnitValues unit(SplittableRandom random, double effect) {
        return UnitValues.of(random.nextDouble() < 0.05 + effect ? 1 : 0);
      }
    },
    /** Clicks by views: users have 1 to 8 views, and click rates of their own around 20 %. */
    CLUSTERED_RATIO(Metric.RATIO, Adjustment.NONE) {
      @Override
      UnitValues unit(SplittableRandom random, double effect) {
        int views = 1 + random.nextInt(8);
        double rate = 0.4 * random.nextDouble() + effect;
        int clicks = 0;
        for (int i = 0; i < views; i++) {
          clicks += random.nextDouble() < rate ? 1 : 0;
        }
        return UnitValues.ratio(clicks, views);
      }
    },
    /** A value that the one before explains by half. */
    CUPED_MEAN(Metric.MEAN, Adjustment.CUPED) {
      @Override
      UnitValues unit(SplittableRandom random, double effect) {
        double before = random.nextGaussian();
        return UnitValues.of(10 + before + random.nextGaussian() + effect, before);
      }
    };

    final Metric metric;
    final Adjustment adjustment;

    Data(Metric metric, Adjustment adjustment) {
      this.metric = metric;
      this.adjustment = adjustment;
    }

    abstract UnitValues unit(SplittableRandom random, double effect);

    Effect.Known compare(Moments control, Moments treatment) {
      return (Effect.Known)
          new Comparison(metric, adjustment, List.of(new Stratum("all", control, treatment)))
              .difference();
    }

    /** The effect that the fixed test sees with this power; 0 for a power of 0. */
    double effect(double power, int unitsOfArm) {
      if (power == 0) {
        return 0;
      }
      SplittableRandom random = new SplittableRandom(99);
      Moments control = new Moments();
      Moments treatment = new Moments();
      for (int i = 0; i < PILOT; i++) {
        control.add(unit(random, 0));
        treatment.add(unit(random, 0));
      }
      double variance = compare(control, treatment).variance() * PILOT / 2;
      return new PowerPlan(1, variance, 0.5, ALPHA, new Fixed())
          .minimumDetectable(power, 2L * unitsOfArm);
    }
  }

  /** How a method did in all experiments, in shares of them. */
  record Outcome(double seen, double missed) {}

  /** Critical values of a method at all looks. */
  private record Method(String name, boolean onlyAtEnd, ToDoubleFunction<Look> critical) {}

  private record Look(int number, Precision precision) {}

  private static List<Method> methods(int unitsOfArm, double effectVariance) {
    long units = 2L * unitsOfArm;
    Fixed fixed = new Fixed();
    AlwaysValid always = new AlwaysValid(units);
    Hybrid hybrid = new Hybrid(always, units);
    MixtureSprt sprt = new MixtureSprt(effectVariance);
    List<Method> methods = new ArrayList<>();
    methods.add(
        new Method("fixed at its end", true, look -> fixed.critical(ALPHA, look.precision)));
    methods.add(new Method("fixed at every look", false, look -> Normal.upperQuantile(ALPHA / 2)));
    methods.add(
        new Method(
            "always-valid for the end", false, look -> always.critical(ALPHA, look.precision)));
    methods.add(
        new Method(
            "always-valid for a fifth",
            false,
            look -> new AlwaysValid(units / 5).critical(ALPHA, look.precision)));
    methods.add(new Method("mSPRT", false, look -> sprt.critical(ALPHA, look.precision)));
    BOUNDARIES.forEach(
        (name, boundary) -> methods.add(new Method(name, false, look -> boundary[look.number])));
    methods.add(new Method("hybrid", false, look -> hybrid.critical(ALPHA, look.precision)));
    return methods;
  }

  private TrialCampaign() {}

  /**
   * Runs experiments.
   *
   * @param power of the fixed test for the true effect; 0 for none
   */
  static Map<String, Outcome> run(
      Data data, double power, int experiments, int unitsOfArm, long seed) {
    double effect = data.effect(power, unitsOfArm);
    double usual = data.effect(0.8, unitsOfArm);
    List<Method> methods = methods(unitsOfArm, usual * usual);
    int[] seen = new int[methods.size()];
    int[] missed = new int[methods.size()];
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int e = 0; e < experiments; e++) {
      SplittableRandom random = seeds.split();
      Moments control = new Moments();
      Moments treatment = new Moments();
      boolean[] saw = new boolean[methods.size()];
      boolean[] miss = new boolean[methods.size()];
      for (int look = 0; look < LOOKS; look++) {
        int target = (int) ((look + 1L) * unitsOfArm / LOOKS);
        while (control.count() < target) {
          control.add(data.unit(random, 0));
          treatment.add(data.unit(random, effect));
        }
        if (!(new Comparison(
                    data.metric, data.adjustment, List.of(new Stratum("all", control, treatment)))
                .difference()
            instanceof Effect.Known known)) {
          continue;
        }
        Look now = new Look(look, known.precision());
        for (int m = 0; m < saw.length; m++) {
          Method method = methods.get(m);
          if (!method.onlyAtEnd || look == LOOKS - 1) {
            double reach = method.critical.applyAsDouble(now) * known.standardError();
            saw[m] |= Math.abs(known.value()) > reach;
            miss[m] |= Math.abs(known.value() - effect) > reach;
          }
        }
      }
      for (int m = 0; m < saw.length; m++) {
        seen[m] += saw[m] ? 1 : 0;
        missed[m] += miss[m] ? 1 : 0;
      }
    }
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (int m = 0; m < seen.length; m++) {
      outcomes.put(
          methods.get(m).name,
          new Outcome((double) seen[m] / experiments, (double) missed[m] / experiments));
    }
    return outcomes;
  }

  /** Shares of runs in which a mismatch raised an alarm at .001. */
  record Alarms(double anytime, double fixed, double peeked) {}

  /**
   * Runs of two arms in halves, of which one loses a share of its units.
   *
   * @param units before the loss, in both arms
   */
  static Alarms mismatch(double lost, int units, double concentration, int runs, long seed) {
    Allocation allocation = new Allocation(new double[] {1, 1}, concentration);
    SplittableRandom seeds = new SplittableRandom(seed);
    int anytime = 0;
    int fixed = 0;
    int peeked = 0;
    for (int run = 0; run < runs; run++) {
      SplittableRandom random = seeds.split();
      long[] counts = new long[2];
      boolean alarm = false;
      boolean peek = false;
      for (int look = 0; look < LOOKS; look++) {
        for (int i = 0; i < units / LOOKS; i++) {
          double draw = random.nextDouble();
          if (draw >= 0.5) {
            counts[1]++;
          } else if (draw >= 0.5 * lost) {
            counts[0]++;
          }
        }
        alarm |= allocation.anytimePValue(counts) <= Allocation.ALARM;
        peek |= allocation.fixedPValue(counts) <= Allocation.ALARM;
      }
      anytime += alarm ? 1 : 0;
      peeked += peek ? 1 : 0;
      fixed += allocation.fixedPValue(counts) <= Allocation.ALARM ? 1 : 0;
    }
    return new Alarms((double) anytime / runs, (double) fixed / runs, (double) peeked / runs);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int experiments = Integer.parseInt(arguments[1]);
    int unitsOfArm = Integer.parseInt(arguments[2]);
    StringBuilder header = new StringBuilder();
    for (Data data : Data.values()) {
      header.append(',').append(data.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    List<String> aa = new ArrayList<>(List.of("method" + header));
    List<String> seen = new ArrayList<>(List.of("power of the fixed test,method" + header));
    List<String> missed = new ArrayList<>(List.of("method" + header));
    for (double power : new double[] {0, 0.8, 0.9, 0.99}) {
      Map<String, StringBuilder> seenRows = new TreeMap<>();
      Map<String, StringBuilder> missedRows = new TreeMap<>();
      for (Data data : Data.values()) {
        run(data, power, experiments, unitsOfArm, power == 0 ? 1 : 2)
            .forEach(
                (method, outcome) -> {
                  seenRows
                      .computeIfAbsent(method, key -> new StringBuilder(key))
                      .append(',')
                      .append(percent(outcome.seen));
                  missedRows
                      .computeIfAbsent(method, key -> new StringBuilder(key))
                      .append(',')
                      .append(percent(outcome.missed));
                });
      }
      if (power == 0) {
        seenRows.values().forEach(row -> aa.add(row.toString()));
      } else {
        seenRows.values().forEach(row -> seen.add(percent(power) + "," + row));
      }
      if (power == 0.8) {
        missedRows.values().forEach(row -> missed.add(row.toString()));
      }
    }
    List<String> mismatches =
        new ArrayList<>(
            List.of("lost,units,concentration,anytime,fixed at its end,fixed at every look"));
    double[][] settings = {
      {0, 200_000}, {1, 200_000}, {2, 200_000}, {3, 200_000}, {5, 200_000}, {1, 2_000_000}
    };
    for (double[] setting : settings) {
      for (double concentration : new double[] {100, 10_000}) {
        Alarms alarms =
            mismatch(
                setting[0] / 100,
                (int) setting[1],
                concentration,
                setting[1] > 1e6 ? experiments / 4 : experiments,
                3);
        mismatches.add(
            "%.0f,%.0f,%.0f,%.2f,%.2f,%.2f"
                .formatted(
                    setting[0],
                    setting[1],
                    concentration,
                    100 * alarms.anytime,
                    100 * alarms.fixed,
                    100 * alarms.peeked));
      }
    }
    Files.createDirectories(folder);
    Files.write(folder.resolve("experiment-inference-aa.csv"), aa);
    Files.write(folder.resolve("experiment-inference-seen.csv"), seen);
    Files.write(folder.resolve("experiment-inference-missed.csv"), missed);
    Files.write(folder.resolve("experiment-inference-mismatch.csv"), mismatches);
  }
}
