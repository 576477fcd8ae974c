package io.millrace.learner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What to say of a value that a setting cannot take, in the words of whoever wrote the setting. */
public final class UnusableSetting {
  private static final JsonMapper NAMES = new JsonMapper();

  private UnusableSetting() {}

  /** {@code calibration.method: plat, expected one of none, platt}, from where reading began. */
  public static String message(InvalidFormatException e) {
    String path =
        e.getPath().stream()
            .map(part -> part.getFieldName() == null ? "" + part.getIndex() : part.getFieldName())
            .collect(Collectors.joining("."));
    return path + ": " + e.getValue() + ", expected " + expected(e.getTargetType());
  }

  private static String expected(Class<?> type) {
    if (!type.isEnum()) {
      return "a value of type " + type.getSimpleName();
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
