package io.millrace.experiment.condition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the operators of a condition mean; compiled once, so that a test allocates little. */
final class Operators {
  private static final ValueTest NEVER = (value, groups) -> false;

  /** All that there are. */
  static final List<String> NAMES =
      List.of(
          "$eq",
          "$ne",
          "$lt",
          "$lte",
          "$gt",
          "$gte",
          "$veq",
          "$vne",
          "$vlt",
          "$vlte",
          "$vgt",
          "$vgte",
          "$exists",
          "$in",
          "$nin",
          "$ini",
          "$nini",
          "$inGroup",
          "$notInGroup",
          "$not",
          "$size",
          "$elemMatch",
          "$all",
          "$alli",
          "$regex",
          "$regexi",
          "$type");

  private Operators() {}

  /** Whether an object holds operators and nothing else. */
  static boolean areIn(JsonNode json) {
    return json.isObject()
        && !json.isEmpty()
        && json.properties().stream().allMatch(entry -> entry.getKey().startsWith("$"));
  }

  /** A condition on one value: a value that it must equal, or operators that must all hold. */
  static ValueTest onValue(JsonNode condition, boolean anyCase) {
    if (areIn(condition)) {
      List<ValueTest> tests = new ArrayList<>();
      condition
          .properties()
          .forEach(operator -> tests.add(of(operator.getKey(), operator.getValue())));
      ValueTest[] all = tests.toArray(ValueTest[]::new);
      return (value, groups) -> {
        for (ValueTest each : all) {
          if (!each.holds(value, groups)) {
            return false;
          }
        }
        return true;
      };
    }
    return switch (condition.getNodeType()) {
      case STRING -> equalText(condition.textValue(), anyCase);
      case NUMBER -> {
        double expected = condition.doubleValue();
        yield (value, groups) -> JavaScriptValues.number(value) == expected;
      }
      case BOOLEAN -> {
        boolean expected = condition.booleanValue();
        yield (value, groups) -> value != null && JavaScriptValues.truthy(value) == expected;
      }
      case NULL, MISSING -> (value, groups) -> value == null;
      default -> {
        Object expected = JavaScriptValues.of(condition);
        yield (value, groups) -> JavaScriptValues.sameJson(value, expected);
      }
    };
  }

  private static ValueTest equalText(String expected, boolean anyCase) {
    if (anyCase) {
      Object folded = JavaScriptValues.folded(expected);
      return (value, groups) ->
          Objects.equals(JavaScriptValues.folded(JavaScriptValues.string(value)), folded);
    }
    return (value, groups) -> expected.equals(JavaScriptValues.string(value));
  }

  private static ValueTest of(String operator, JsonNode operand) {
    Object expected = JavaScriptValues.of(operand);
    return switch (operator) {
      case "$eq" -> (value, groups) -> JavaScriptValues.strictlyEqual(value, expected);
      case "$ne" -> (value, groups) -> !JavaScriptValues.strictlyEqual(value, expected);
      case "$lt" -> ordered(expected, order -> order == -1);
      case "$lte" -> ordered(expected, order -> order == -1 || order == 0);
      case "$gt" -> ordered(expected, order -> order == 1);
      case "$gte" -> ordered(expected, order -> order == 1 || order == 0);
      case "$veq" -> versions(expected, order -> order == 0);
      case "$vne" -> versions(expected, order -> order != 0);
      case "$vlt" -> versions(expected, order -> order < 0);
      case "$vlte" -> versions(expected, order -> order <= 0);
      case "$vgt" -> versions(expected, order -> order > 0);
      case "$vgte" -> versions(expected, order -> order >= 0);
      case "$exists" -> {
        boolean there = JavaScriptValues.truthy(expected);
        yield (value, groups) -> (value != null) == there;
      }
      case "$in" -> operand.isArray() ? among(operand, false) : NEVER;
      case "$ini" -> operand.isArray() ? among(operand, true) : NEVER;
      case "$nin" -> operand.isArray() ? not(among(operand, false)) : NEVER;
      case "$nini" -> operand.isArray() ? not(among(operand, true)) : NEVER;
      case "$inGroup" -> inGroup(JavaScriptValues.string(expected));
      case "$notInGroup" -> not(inGroup(JavaScriptValues.string(expected)));
      case "$not" -> not(onValue(operand, false));
      case "$size" -> size(onValue(operand, false));
      case "$elemMatch" -> element(operand);
      case "$all" -> all(operand, false);
      case "$alli" -> all(operand, true);
      case "$regex" -> regex(operand, false);
      case "$regexi" -> regex(operand, true);
      case "$type" ->
          (value, groups) -> JavaScriptValues.type(value).equals(JavaScriptValues.string(expected));
      default -> NEVER; // as the specification has it; whoever writes a condition is told
    };
  }

  private static ValueTest not(ValueTest test) {
    return (value, groups) -> !test.holds(value, groups);
  }

  private static ValueTest ordered(@Nullable Object expected, IntPredicate wanted) {
    return (value, groups) -> wanted.test(JavaScriptValues.order(value, expected));
  }

  private static ValueTest versions(@Nullable Object expected, IntPredicate wanted) {
    String padded = Versions.padded(expected);
    return (value, groups) -> wanted.test(Versions.padded(value).compareTo(padded));
  }

  private static ValueTest among(JsonNode operand, boolean anyCase) {
    Set<@Nullable Object> members = SavedGroups.members(operand);
    if (anyCase) {
      Set<@Nullable Object> folded =
          members.stream().map(JavaScriptValues::folded).collect(Collectors.toSet());
      return (value, groups) -> isAmong(value, folded, true);
    }
    return (value, groups) -> isAmong(value, members, false);
  }

  private static ValueTest inGroup(String name) {
    return (value, groups) -> isAmong(value, groups.group(name), false);
  }

  private static boolean isAmong(
      @Nullable Object value, Set<@Nullable Object> members, boolean anyCase) {
    if (value instanceof List<?> list) {
      for (Object each : list) {
        if (isMember(each, members, anyCase)) {
          return true;
        }
      }
      return false;
    }
    return isMember(value, members, anyCase);
  }

  private static boolean isMember(
      @Nullable Object value, Set<@Nullable Object> members, boolean anyCase) {
    Object strict = JavaScriptValues.strict(value);
    return members.contains(anyCase ? JavaScriptValues.folded(strict) : strict);
  }

  private static ValueTest size(ValueTest ofSize) {
    return (value, groups) -> value instanceof List<?> list && ofSize.holds(list.size(), groups);
  }

  private static ValueTest element(JsonNode operand) {
    ValueTest test = areIn(operand) ? onValue(operand, false) : insideOf(Condition.parse(operand));
    return (value, groups) -> value instanceof List<?> list && anyHolds(test, list, groups);
  }

  private static ValueTest insideOf(Condition condition) {
    return (value, groups) ->
        condition.holds(name -> value instanceof Map<?, ?> map ? map.get(name) : null, groups);
  }

  private static ValueTest all(JsonNode operand, boolean anyCase) {
    List<ValueTest> tests = new ArrayList<>();
    operand.forEach(each -> tests.add(onValue(each, anyCase)));
    return (value, groups) ->
        value instanceof List<?> list
            && tests.stream().allMatch(test -> anyHolds(test, list, groups));
  }

  private static boolean anyHolds(ValueTest test, List<?> values, SavedGroups groups) {
    for (Object each : values) {
      if (test.holds(each, groups)) {
        return true;
      }
    }
    return false;
  }

  private static ValueTest regex(JsonNode operand, boolean anyCase) {
    Pattern pattern;
    try {
      pattern = JavaScriptRegex.compile(operand.asText(), anyCase);
    } catch (PatternSyntaxException e) {
      return NEVER;
    }
    return (value, groups) -> pattern.matcher(JavaScriptValues.string(value)).find();
  }
}
