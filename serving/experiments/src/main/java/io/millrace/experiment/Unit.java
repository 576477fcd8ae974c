package io.millrace.experiment;

import io.millrace.experiment.condition.Attributes;
import io.millrace.experiment.condition.JavaScriptValues;
import org.jspecify.annotations.Nullable;

/**
 * What an experiment assigns.
 *
 * @param kind what it is
 * @param attribute name of the attribute, or feature, that holds its name
 */
public record Unit(UnitKind kind, String attribute) {

  /**
   * The unit of whoever asks, as JavaScript writes it; null if there is none. As GrowthBook has it,
   * the number 0, false and an empty string are none.
   */
  public @Nullable String of(Attributes attributes) {
    Object value = attributes.value(attribute);
    if (value instanceof String text) {
      return text.isEmpty() ? null : text;
    }
    return JavaScriptValues.truthy(value) ? JavaScriptValues.string(value) : null;
  }
}
