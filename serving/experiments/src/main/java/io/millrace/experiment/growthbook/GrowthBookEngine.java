package io.millrace.experiment.growthbook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.experiment.condition.Attributes;
import io.millrace.experiment.condition.Condition;
import io.millrace.experiment.condition.JavaScriptValues;
import io.millrace.experiment.growthbook.FeatureResult.Source;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates features for users, by the specification of GrowthBook's SDKs, 0.7.1 and contextual
 * bandits (https://docs.growthbook.io/lib/build-your-own). Safe for use by many threads; a {@link
 * StickyBuckets} is not.
 *
 * <p>It does not target pages by their addresses, redirect them, or decrypt features.
 */
public final class GrowthBookEngine {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Features features;
  private final Consumer<ExperimentResult> exposed;

  /**
   * Evaluates features.
   *
   * @param exposed is told of each user who is in an experiment, at each evaluation
   */
  public GrowthBookEngine(Features features, Consumer<ExperimentResult> exposed) {
    this.features = features;
    this.exposed = exposed;
  }

  /** What a feature is for a user. */
  public FeatureResult feature(String key, UserContext user) {
    return feature(key, user, new HashSet<>());
  }

  /**
   * What an experiment, in the specification's form, does with a user.
   *
   * @throws IllegalArgumentException if it targets pages by their addresses
   */
  public ExperimentResult run(JsonNode experiment, UserContext user) {
    return run(InlineExperiment.parse(experiment), user, Optional.empty(), new HashSet<>());
  }

  /**
   * @param asked features that wait for this one
   */
  private FeatureResult feature(String key, UserContext user, Set<String> asked) {
    Feature feature = features.find(key).orElse(null);
    if (feature == null) {
      return FeatureResult.nothing(Source.UNKNOWN_FEATURE);
    }
    if (!asked.add(key)) {
      return FeatureResult.nothing(Source.CYCLIC_PREREQUISITE);
    }
    try {
      for (FeatureRule rule : feature.rules()) {
        FeatureResult result = byRule(rule, key, user, asked);
        if (result != null) {
          return result;
        }
      }
      return FeatureResult.of(feature.defaultValue(), Source.DEFAULT_VALUE, "");
    } finally {
      asked.remove(key);
    }
  }

  /** What a rule decides; null if it does not. */
  private @Nullable FeatureResult byRule(
      FeatureRule rule, String feature, UserContext user, Set<String> asked) {
    for (ParentCondition parent : rule.parents()) {
      FeatureResult needed = feature(parent.id(), user, asked);
      if (needed.source() == Source.CYCLIC_PREREQUISITE) {
        return FeatureResult.nothing(Source.CYCLIC_PREREQUISITE);
      }
      if (!holds(parent, needed)) {
        return parent.gate() ? FeatureResult.nothing(Source.PREREQUISITE) : null;
      }
    }
    if (!pass(rule.filters(), rule.hashing(), user)) {
      return null;
    }
    JsonNode forced = rule.force().orElse(null);
    if (forced != null) {
      boolean meant =
          rule.condition().holds(user.attributes(), features.groups()) && isIncluded(rule, user);
      return meant ? FeatureResult.of(forced, Source.FORCE, rule.id()) : null;
    }
    InlineExperiment experiment = rule.experiment().orElse(null);
    return experiment == null
        ? null
        : byExperiment(chosen(experiment, rule.bandit(), user), rule, feature, user, asked);
  }

  private @Nullable FeatureResult byExperiment(
      InlineExperiment experiment,
      FeatureRule rule,
      String feature,
      UserContext user,
      Set<String> asked) {
    ExperimentResult result = run(experiment, user, Optional.of(feature), asked);
    if (!result.inExperiment() || result.passthrough()) {
      return null;
    }
    return new FeatureResult(
        result.value(),
        Source.EXPERIMENT,
        rule.id(),
        Optional.of(experiment.toJson(result.hashUsed())),
        Optional.of(result));
  }

  private boolean holds(ParentCondition parent, FeatureResult needed) {
    Object value = JavaScriptValues.of(needed.value());
    return parent.condition().holds(name -> name.equals("value") ? value : null, features.groups());
  }

  /** The experiment with the weights of the first context of its bandit that fits. */
  private InlineExperiment chosen(InlineExperiment experiment, String bandit, UserContext user) {
    JsonNode definition = features.bandit(bandit).orElse(null);
    if (definition == null) {
      return experiment;
    }
    JsonNode number = definition.path("banditVersion");
    OptionalInt version = number.isInt() ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
    for (JsonNode context : definition.path("contexts")) {
      if (Condition.parse(context.path("condition")).holds(user.attributes(), features.groups())) {
        return experiment.with(BanditChoice.of(context, version));
      }
    }
    return experiment.with(new BanditChoice(BanditChoice.NO_LEAF, experiment.weights(), version));
  }

  private ExperimentResult run(
      InlineExperiment experiment, UserContext user, Optional<String> feature, Set<String> asked) {
    Unit unit = unit(experiment.hashing(), user);
    Outcome outcome = new Outcome(experiment, unit, feature);
    int variations = experiment.values().size();
    if (variations < 2 || !user.enabled()) {
      return outcome.out();
    }
    OptionalInt byPage = QueryString.override(experiment.key(), user.url(), variations);
    if (byPage.isPresent()) {
      return outcome.forced(byPage.getAsInt());
    }
    Integer byContext = user.forcedVariations().get(experiment.key());
    if (byContext != null) {
      return outcome.forced(byContext);
    }
    if (!experiment.active() || !unit.isThere()) {
      return outcome.out();
    }
    StickyBuckets kept = kept(experiment.hashing(), user);
    StickyBuckets.Known known =
        kept == null ? StickyBuckets.Known.NOTHING : kept.find(experiment, user);
    if (known.variation() < 0 && !isMeant(experiment, unit, user, asked)) {
      return outcome.out();
    }
    OptionalDouble bucket =
        Bucketing.hash(experiment.seed(), unit.value(), experiment.hashVersion());
    if (bucket.isEmpty() || known.blocked()) {
      return outcome.out();
    }
    int variation =
        known.variation() >= 0 ? known.variation() : experiment.ranges().arm(bucket.getAsDouble());
    if (variation < 0) {
      return outcome.out();
    }
    if (experiment.force().isPresent()) {
      return outcome.forced(experiment.force().getAsInt());
    }
    if (user.qaMode()) {
      return outcome.out();
    }
    ExperimentResult result = outcome.hashed(variation, bucket, known.variation() >= 0);
    if (kept != null) {
      kept.put(experiment, unit.attribute(), unit.text(), result.key());
    }
    exposed.accept(result);
    return result;
  }

  private static @Nullable StickyBuckets kept(Hashing hashing, UserContext user) {
    return hashing.sticky() ? user.sticky().orElse(null) : null;
  }

  /** Whether an experiment means a user, before traffic is looked at. */
  private boolean isMeant(
      InlineExperiment experiment, Unit unit, UserContext user, Set<String> asked) {
    if (!experiment.filters().isEmpty()) {
      if (!pass(experiment.filters(), experiment.hashing(), user)) {
        return false;
      }
    } else if (experiment
        .namespace()
        .filter(namespace -> !Bucketing.isInNamespace(unit.text(), namespace))
        .isPresent()) {
      return false;
    }
    if (!experiment.condition().holds(user.attributes(), features.groups())) {
      return false;
    }
    for (ParentCondition parent : experiment.parents()) {
      FeatureResult needed = feature(parent.id(), user, asked);
      if (needed.source() == Source.CYCLIC_PREREQUISITE || !holds(parent, needed)) {
        return false;
      }
    }
    return true;
  }

  /** Whether a unit passes all filters. */
  private static boolean pass(List<UnitFilter> filters, Hashing hashing, UserContext user) {
    for (UnitFilter filter : filters) {
      Object value =
          filter.attribute().isEmpty()
              ? unit(hashing, user).value()
              : user.attributes().value(filter.attribute());
      OptionalDouble place =
          JavaScriptValues.truthy(value)
              ? Bucketing.hash(filter.seed(), value, filter.hashVersion())
              : OptionalDouble.empty();
      if (place.isEmpty()
          || filter.ranges().stream().noneMatch(range -> range.holds(place.getAsDouble()))) {
        return false;
      }
    }
    return true;
  }

  /** Whether a rule forces its value for a user. */
  private static boolean isIncluded(FeatureRule rule, UserContext user) {
    BucketRange range = rule.range().orElse(null);
    if (range == null && rule.coverage().isEmpty()) {
      return true;
    }
    Unit unit = unit(rule.hashing(), user);
    if (!unit.isThere() || (range == null && rule.coverage().getAsDouble() == 0)) {
      return false;
    }
    OptionalDouble place = Bucketing.hash(rule.seed(), unit.value(), rule.hashVersion());
    if (place.isEmpty()) {
      return false;
    }
    return range == null
        ? place.getAsDouble() <= rule.coverage().getAsDouble()
        : range.holds(place.getAsDouble());
  }

  /** The unit that a user is. */
  private record Unit(String attribute, @Nullable Object value) {
    boolean isThere() {
      return JavaScriptValues.truthy(value);
    }

    String text() {
      return JavaScriptValues.string(value);
    }
  }

  private static Unit unit(Hashing hashing, UserContext user) {
    Attributes attributes = user.attributes();
    Unit unit = new Unit(hashing.attribute(), attributes.value(hashing.attribute()));
    if (unit.isThere() || hashing.fallback().isEmpty() || kept(hashing, user) == null) {
      return unit;
    }
    Unit other = new Unit(hashing.fallback(), attributes.value(hashing.fallback()));
    return other.isThere() ? other : unit;
  }

  /** What may come of an experiment for a unit. */
  private record Outcome(InlineExperiment experiment, Unit unit, Optional<String> feature) {
    ExperimentResult out() {
      return forced(-1);
    }

    ExperimentResult forced(int variation) {
      return of(variation, false, OptionalDouble.empty(), false);
    }

    ExperimentResult hashed(int variation, OptionalDouble bucket, boolean sticky) {
      return of(variation, true, bucket, sticky);
    }

    private ExperimentResult of(
        int variation, boolean hashUsed, OptionalDouble bucket, boolean sticky) {
      List<JsonNode> values = experiment.values();
      boolean in = variation >= 0 && variation < values.size();
      int index = in ? variation : 0;
      Variation meta = values.isEmpty() ? Variation.PLAIN : experiment.variations().get(index);
      return new ExperimentResult(
          experiment.key(),
          index,
          meta.key().isEmpty() ? "" + index : meta.key(),
          meta.name(),
          meta.passthrough(),
          values.isEmpty() ? JSON.nullNode() : values.get(index),
          in,
          hashUsed,
          unit.attribute(),
          unit.value() == null
              ? JSON.getNodeFactory().textNode("")
              : JSON.valueToTree(unit.value()),
          feature,
          bucket,
          sticky,
          hashUsed ? experiment.bandit() : Optional.empty());
    }
  }
}
