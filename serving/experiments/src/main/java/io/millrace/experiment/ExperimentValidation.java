package io.millrace.experiment;

import io.millrace.experiment.condition.Condition;
import io.millrace.feature.NearestName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What an experiment may be. */
final class ExperimentValidation {
  static final String KEYS = "[A-Za-z0-9_-]{1,100}";
  private static final String KEYS_IN_WORDS = "1 to 100 letters, digits, '-' or '_'";
  private static final int ARMS_AT_MOST = 100;

  private ExperimentValidation() {}

  /** Checks who gets what. */
  static void check(
      String key,
      Unit unit,
      String seed,
      double traffic,
      List<Arm> arms,
      String control,
      Optional<Layer> layer,
      Condition targeting,
      Optional<Holdout> holdout,
      Map<String, String> forced,
      Optional<Stickiness> stickiness) {
    if (!key.matches(KEYS)) {
      throw new IllegalArgumentException("key: \"%s\", expected %s".formatted(key, KEYS_IN_WORDS));
    }
    notBlank(key, "unit.attribute", unit.attribute(), "the name of the attribute with the unit");
    if (unit.attribute().contains(".") || unit.attribute().startsWith("$")) {
      // conditions take a dot for a path and a dollar sign for an operator
      throw refusal(
          key,
          "unit.attribute",
          "\"" + unit.attribute() + "\"",
          "a name without '.' that does not begin with '$'");
    }
    notBlank(key, "seed", seed, "some text, for example the key");
    share(key, "traffic", traffic);
    checkArms(key, arms, traffic);
    List<String> names = arms.stream().map(Arm::name).toList();
    if (!names.contains(control)) {
      throw refusal(
          key, "control", "\"" + control + "\"", "an arm" + NearestName.hint(control, names));
    }
    layer.ifPresent(part -> checkLayer(key, part));
    Condition.objection(targeting.json())
        .ifPresent(
            objection -> {
              throw new IllegalArgumentException(
                  "experiment %s: targeting: %s".formatted(key, objection));
            });
    holdout.ifPresent(
        held -> {
          notBlank(key, "holdout.name", held.name(), "a name");
          share(key, "holdout.share", held.share());
        });
    forced.forEach(
        (forcedUnit, arm) -> {
          notBlank(key, "forced", forcedUnit, "units by name");
          if (!names.contains(arm)) {
            throw refusal(
                key,
                "forced." + forcedUnit,
                "\"" + arm + "\"",
                "an arm" + NearestName.hint(arm, names));
          }
        });
    stickiness.ifPresent(sticky -> checkStickiness(key, sticky));
  }

  private static void checkArms(String key, List<Arm> arms, double traffic) {
    if (arms.size() < 2 || arms.size() > ARMS_AT_MOST) {
      throw refusal(key, "arms", arms.size() + " of them", "2 to " + ARMS_AT_MOST);
    }
    Set<String> names = new HashSet<>();
    double sum = 0;
    for (int i = 0; i < arms.size(); i++) {
      Arm arm = arms.get(i);
      String place = "arms[%d].".formatted(i);
      if (!arm.name().matches(KEYS)) {
        throw refusal(key, place + "name", "\"" + arm.name() + "\"", KEYS_IN_WORDS);
      }
      if (!names.add(arm.name())) {
        throw refusal(key, place + "name", "\"" + arm.name() + "\" again", "another name");
      }
      if (!(arm.weight() >= 0) || Double.isInfinite(arm.weight())) {
        throw refusal(key, place + "weight", "" + arm.weight(), "a number of at least 0");
      }
      if (arm.treatment() instanceof Treatment.Model model && model.name().isBlank()) {
        throw refusal(key, place + "model", "\"\"", "the name of a model, or an alias");
      }
      sum += arm.weight();
    }
    if (!(sum > 0) || Double.isInfinite(sum)) {
      throw refusal(key, "arms", "weights of sum " + sum, "a finite sum above 0");
    }
    checkBuckets(key, arms, traffic, sum);
  }

  /** That each arm that should get somebody does. */
  private static void checkBuckets(String key, List<Arm> arms, double traffic, double sum) {
    double[] shares = arms.stream().mapToDouble(arm -> arm.weight() / sum).toArray();
    int[] buckets = BucketRanges.byShare(shares, traffic).buckets();
    for (int i = 0; i < buckets.length; i++) {
      if (buckets[i] == 0 && traffic > 0 && arms.get(i).weight() > 0) {
        throw refusal(
            key,
            "arms[%d].weight".formatted(i),
            "%s of %s at traffic %s, none of %,d buckets"
                .formatted(arms.get(i).weight(), sum, traffic, BucketHash.BUCKETS),
            "a weight or a traffic that gives the arm at least one, or weight 0");
      }
    }
  }

  private static void checkLayer(String key, Layer layer) {
    notBlank(key, "layer.name", layer.name(), "a name");
    share(key, "layer.from", layer.from());
    share(key, "layer.to", layer.to());
    if (layer.from() >= layer.to()) {
      throw refusal(key, "layer.to", "" + layer.to(), "above from, which is " + layer.from());
    }
    double first = Math.ceil(layer.from() * BucketHash.BUCKETS_OF_VERSION_1);
    if (first / BucketHash.BUCKETS_OF_VERSION_1 >= layer.to()) {
      throw refusal(
          key,
          "layer",
          "from %s to %s, none of %,d buckets"
              .formatted(layer.from(), layer.to(), BucketHash.BUCKETS_OF_VERSION_1),
          "a part with at least one");
    }
  }

  private static void checkStickiness(String key, Stickiness sticky) {
    if (sticky.version() < 0) {
      throw refusal(key, "sticky.version", "" + sticky.version(), "at least 0");
    }
    if (sticky.minVersion() < 0 || sticky.minVersion() > sticky.version()) {
      throw refusal(
          key,
          "sticky.minVersion",
          "" + sticky.minVersion(),
          "0 to the version, which is " + sticky.version());
    }
  }

  /** Checks what is looked at. */
  static void checkPlan(
      String key, OptionalLong plannedUnits, List<Metric> metrics, List<Metric> guardRails) {
    if (plannedUnits.isPresent() && plannedUnits.getAsLong() < 1) {
      throw refusal(key, "plannedUnits", "" + plannedUnits.getAsLong(), "at least 1");
    }
    checkMetrics(key, "metrics", metrics);
    checkMetrics(key, "guardRails", guardRails);
    for (int i = 0; i < metrics.size(); i++) {
      if (metrics.get(i).margin().isPresent()) {
        throw refusal(
            key,
            "metrics[%d].margin".formatted(i),
            "" + metrics.get(i).margin().getAsDouble(),
            "none: a margin is for one of guardRails");
      }
    }
    for (int i = 0; i < guardRails.size(); i++) {
      double margin = guardRails.get(i).margin().orElse(Double.NaN);
      if (!(margin >= 0 && margin < 1)) {
        throw refusal(
            key,
            "guardRails[%d].margin".formatted(i),
            Double.isNaN(margin) ? "none" : "" + margin,
            "the relative loss that is put up with, 0 to less than 1");
      }
    }
  }

  private static void checkMetrics(String key, String list, List<Metric> metrics) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < metrics.size(); i++) {
      Metric metric = metrics.get(i);
      String place = "%s[%d]".formatted(list, i);
      notBlank(key, place + ".name", metric.name(), "the name of an outcome");
      if (!names.add(metric.kind().word() + " of " + metric.name())) {
        throw refusal(
            key, place, metric.kind().word() + " of " + metric.name() + " again", "another one");
      }
    }
  }

  private static void share(String key, String place, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw refusal(key, place, "" + value, "0 to 1");
    }
  }

  private static void notBlank(String key, String place, String value, String expected) {
    if (value.isBlank()) {
      throw refusal(key, place, "\"" + value + "\"", expected);
    }
  }

  private static IllegalArgumentException refusal(
      String key, String place, String value, String expected) {
    return new IllegalArgumentException(
        "experiment %s: %s: %s, expected %s".formatted(key, place, value, expected));
  }
}
