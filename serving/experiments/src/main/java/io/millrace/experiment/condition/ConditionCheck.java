package io.millrace.experiment.condition;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.feature.NearestName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds what in a condition can never hold as its author meant it. */
final class ConditionCheck {
  private static final List<String> COMBINING = List.of("$and", "$or", "$nor", "$not");
  private static final List<String> TYPES =
      List.of("string", "number", "boolean", "array", "object", "null");

  private ConditionCheck() {}

  static Optional<String> objection(JsonNode json) {
    return Optional.ofNullable(ofCondition("", json));
  }

  private static @Nullable String ofCondition(String place, JsonNode json) {
    if (!json.isObject()) {
      return said(place, json, "an object of attributes and what must hold of them");
    }
    for (Map.Entry<String, JsonNode> entry : json.properties()) {
      String objection = ofEntry(inside(place, entry.getKey()), entry.getKey(), entry.getValue());
      if (objection != null) {
        return objection;
      }
    }
    return null;
  }

  private static @Nullable String ofEntry(String place, String key, JsonNode value) {
    if (key.equals("$not")) {
      return ofCondition(place, value);
    } else if (COMBINING.contains(key)) {
      if (!value.isArray() || value.isEmpty()) {
        return said(place, value, "an array of conditions");
      }
      return inEach(place, value, ConditionCheck::ofCondition);
    } else if (key.startsWith("$")) {
      return "%s: unknown%s; an operator on a value stands inside of its attribute"
          .formatted(place, NearestName.hint(key, COMBINING));
    }
    return ofValue(place, value);
  }

  /** Checks one of several. */
  @FunctionalInterface
  private interface Check {
    @Nullable String objection(String place, JsonNode json);
  }

  private static @Nullable String inEach(String place, JsonNode array, Check check) {
    for (int i = 0; i < array.size(); i++) {
      String objection = check.objection("%s[%d]".formatted(place, i), array.get(i));
      if (objection != null) {
        return objection;
      }
    }
    return null;
  }

  private static @Nullable String ofValue(String place, JsonNode value) {
    if (!value.isObject()) {
      return null;
    }
    boolean operators =
        value.properties().stream().anyMatch(entry -> entry.getKey().startsWith("$"));
    if (!operators) {
      return null; // an object that the attribute must equal
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      String objection =
          ofOperator(inside(place, entry.getKey()), entry.getKey(), entry.getValue());
      if (objection != null) {
        return objection;
      }
    }
    return null;
  }

  private static @Nullable String ofOperator(String place, String name, JsonNode operand) {
    return switch (name) {
      case "$eq", "$ne" ->
          operand.isContainerNode() ? said(place, operand, "a string, number or boolean") : null;
      case "$lt", "$lte", "$gt", "$gte" ->
          operand.isTextual() || operand.isNumber()
              ? null
              : said(place, operand, "a number or a string");
      case "$veq", "$vne", "$vlt", "$vlte", "$vgt", "$vgte" ->
          operand.isTextual() && !operand.textValue().isEmpty()
              ? null
              : said(place, operand, "a version such as \"1.2.3\"");
      case "$exists" -> operand.isBoolean() ? null : said(place, operand, "true or false");
      case "$in", "$nin", "$ini", "$nini" ->
          operand.isArray() && Stream.of(operand).noneMatch(ConditionCheck::holdsContainers)
              ? null
              : said(place, operand, "an array of strings, numbers or booleans");
      case "$all", "$alli" ->
          operand.isArray()
              ? inEach(place, operand, ConditionCheck::ofValue)
              : said(place, operand, "an array");
      case "$not", "$size" -> ofValue(place, operand);
      case "$elemMatch" ->
          Operators.areIn(operand) ? ofValue(place, operand) : ofCondition(place, operand);
      case "$regex", "$regexi" -> ofRegex(place, operand);
      case "$type" ->
          TYPES.contains(operand.asText())
              ? null
              : said(place, operand, "one of " + String.join(", ", TYPES));
      case "$inGroup", "$notInGroup" ->
          "%s: %s, expected $in or $nin with the values: there are no saved groups here"
              .formatted(place, operand);
      default -> "%s: unknown%s".formatted(place, NearestName.hint(name, Operators.NAMES));
    };
  }

  private static boolean holdsContainers(JsonNode array) {
    for (JsonNode each : array) {
      if (each.isContainerNode()) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String ofRegex(String place, JsonNode operand) {
    if (!operand.isTextual()) {
      return said(place, operand, "a regular expression in a string");
    }
    try {
      var unused = JavaScriptRegex.compile(operand.textValue(), false);
      return null;
    } catch (PatternSyntaxException e) {
      return said(place, operand, "a regular expression: " + e.getDescription());
    }
  }

  private static String inside(String place, String key) {
    return place.isEmpty() ? key : place + "." + key;
  }

  private static String said(String place, JsonNode value, String expected) {
    return "%s%s, expected %s".formatted(place.isEmpty() ? "" : place + ": ", value, expected);
  }
}
