package io.millrace.experiment.condition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A condition on attributes, compiled: {@code {"country":"US","age":{"$gte":18}}}. Its keys must
 * all hold; {@code $or}, {@code $and}, {@code $nor} and {@code $not} combine others. Immutable.
 */
public final class Condition {
  /** Holds of everybody. */
  public static final Condition ANY = parse(JsonNodeFactory.instance.objectNode());

  private final JsonNode json;
  private final Clause[] clauses;

  /** A part that must hold. */
  @FunctionalInterface
  private interface Clause {
    boolean holds(Attributes attributes, SavedGroups groups);
  }

  private Condition(JsonNode json, List<Clause> clauses) {
    this.json = json;
    this.clauses = clauses.toArray(Clause[]::new);
  }

  /**
   * Compiles a condition as GrowthBook's SDKs understand it: what makes no sense holds of nobody.
   * Conditions of people go through {@link #objection} first.
   */
  public static Condition parse(JsonNode json) {
    List<Clause> clauses = new ArrayList<>();
    json.properties().forEach(entry -> clauses.add(clause(entry.getKey(), entry.getValue())));
    return new Condition(json.deepCopy(), clauses);
  }

  private static Clause clause(String key, JsonNode value) {
    return switch (key) {
      case "$and" -> {
        List<Condition> all = conditions(value);
        yield (attributes, groups) -> allHold(all, attributes, groups);
      }
      case "$or" -> {
        List<Condition> any = conditions(value);
        yield (attributes, groups) -> anyHolds(any, attributes, groups);
      }
      case "$nor" -> {
        List<Condition> none = conditions(value);
        yield (attributes, groups) -> !anyHolds(none, attributes, groups);
      }
      case "$not" -> {
        Condition not = parse(value);
        yield (attributes, groups) -> !not.holds(attributes, groups);
      }
      default -> {
        AttributePath path = new AttributePath(key);
        ValueTest test = Operators.onValue(value, false);
        yield (attributes, groups) -> test.holds(path.in(attributes), groups);
      }
    };
  }

  private static List<Condition> conditions(JsonNode array) {
    List<Condition> conditions = new ArrayList<>();
    array.forEach(each -> conditions.add(parse(each)));
    return conditions;
  }

  private static boolean allHold(
      List<Condition> conditions, Attributes attributes, SavedGroups groups) {
    for (Condition each : conditions) {
      if (!each.holds(attributes, groups)) {
        return false;
      }
    }
    return true;
  }

  /** An empty list of alternatives is none at all, and holds. */
  private static boolean anyHolds(
      List<Condition> conditions, Attributes attributes, SavedGroups groups) {
    for (Condition each : conditions) {
      if (each.holds(attributes, groups)) {
        return true;
      }
    }
    return conditions.isEmpty();
  }

  /** Why a condition is refused, in words that name value, expectation and place; empty if not. */
  public static Optional<String> objection(JsonNode json) {
    return ConditionCheck.objection(json);
  }

  /** Whether it holds. */
  public boolean holds(Attributes attributes, SavedGroups groups) {
    for (Clause each : clauses) {
      if (!each.holds(attributes, groups)) {
        return false;
      }
    }
    return true;
  }

  /** Whether it holds of everybody because it asks for nothing. */
  public boolean isEmpty() {
    return clauses.length == 0;
  }

  /** As it was given; a copy. */
  public JsonNode json() {
    return json.deepCopy();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Condition condition && condition.json.equals(json);
  }

  @Override
  public int hashCode() {
    return json.hashCode();
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
