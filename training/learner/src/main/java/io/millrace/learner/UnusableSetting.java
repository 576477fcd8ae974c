package io.millrace.learner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What to say of a value that a setting cannot take, in the words of whoever wrote the setting. */
public final class UnusableSetting {
  private static final JsonMapper NAMES = new JsonMapper();

  private UnusableSetting() {}

  /** {@code calibration.method: plat, expected one of none, platt}, from where reading began. */
  public static String message(MismatchedInputException e) {
    String path =
        e.getPath().stream()
            .map(part -> part.getFieldName() == null ? "" + part.getIndex() : part.getFieldName())
            .collect(Collectors.joining("."));
    return path + ": " + given(e) + ", expected " + expected(e.getTargetType());
  }

  private static String given(MismatchedInputException e) {
    if (e instanceof InvalidFormatException format) {
      return String.valueOf(format.getValue());
    }
    String message = e.getOriginalMessage();
    return message.startsWith("Missing") || message.contains("null")
        ? "no value"
        : "a value of another form";
  }

  private static String expected(@Nullable Class<?> type) {
    if (type == int.class || type == long.class) {
      return "a whole number";
    }
    if (type == float.class || type == double.class) {
      return "a number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type == null || type.isRecord() || type.isInterface() && type != List.class) {
      return "an object with keys";
    }
    if (!type.isEnum()) {
      return type == String.class ? "a text" : "a list";
    }
    List<String> names = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      names.add(name(constant));
    }
    return "one of " + String.join(", ", names);
  }

  /** As it is written in JSON, which may differ from its name in Java. */
  private static String name(Object constant) {
    try {
      return NAMES.treeToValue(NAMES.valueToTree(constant), String.class);
    } catch (JsonProcessingException e) {
      throw new AssertionError("a constant has no name: " + constant, e);
    }
  }
}
