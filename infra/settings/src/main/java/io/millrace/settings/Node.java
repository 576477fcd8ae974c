package io.millrace.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was given, before anybody knows what it should be. */
sealed interface Node {
  Origin origin();

  /** As JSON. */
  JsonNode json();

  /**
   * A single value.
   *
   * @param text as it was written
   * @param json its value by the rules of YAML; a null where nothing was written
   */
  record Value(String text, JsonNode json, Origin origin) implements Node {

    /** Text of an environment variable or an option. */
    static Value of(String text, Origin origin) {
      return new Value(text, JsonNodeFactory.instance.textNode(text), origin);
    }

    boolean isNothing() {
      return json.isNull();
    }
  }

  /** Several values in order. */
  record Items(List<Node> items, Origin origin) implements Node {
    @Override
    public JsonNode json() {
      var array = JsonNodeFactory.instance.arrayNode();
      items.forEach(item -> array.add(item.json()));
      return array;
    }
  }

  /** Values by key, in the order that they were given. */
  record Section(Map<String, Node> entries, Origin origin) implements Node {
    public Section {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    @Override
    public ObjectNode json() {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      entries.forEach((key, node) -> object.set(key, node.json()));
      return object;
    }

    /** A section that holds one node at a path, and sections on the way. */
    static Section holding(List<String> path, Node node) {
      Node inner = node;
      List<String> rest = new ArrayList<>(path);
      Collections.reverse(rest);
      for (String key : rest) {
        inner = new Section(Map.of(key, inner), node.origin());
      }
      return (Section) inner;
    }
  }
}
