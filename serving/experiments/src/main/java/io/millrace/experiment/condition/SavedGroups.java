package io.millrace.experiment.condition;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists of values that {@code $inGroup} and {@code $notInGroup} name. Immutable. */
public final class SavedGroups {
  /** Not one group. */
  public static final SavedGroups NONE = new SavedGroups(Map.of());

  private final Map<String, Set<@Nullable Object>> groups;

  private SavedGroups(Map<String, Set<@Nullable Object>> groups) {
    this.groups = groups;
  }

  /**
   * The groups of an object whose keys are names and whose values are arrays; anything else holds
   * no group.
   */
  public static SavedGroups of(JsonNode json) {
    Map<String, Set<@Nullable Object>> groups = new HashMap<>();
    json.properties().forEach(group -> groups.put(group.getKey(), members(group.getValue())));
    return new SavedGroups(groups);
  }

  /** Scalars of an array, so that equal ones are equal as JavaScript compares them strictly. */
  static Set<@Nullable Object> members(JsonNode array) {
    Set<@Nullable Object> members = new HashSet<>();
    for (JsonNode each : array) {
      if (each.isValueNode()) {
        members.add(JavaScriptValues.strict(JavaScriptValues.of(each)));
      }
    }
    return members;
  }

  Set<@Nullable Object> group(String name) {
    return groups.getOrDefault(name, Set.of());
  }
}
