package io.millrace.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;

/** What the units of an arm get. */
public sealed interface Treatment {
  /** It as the value of a feature flag. */
  JsonNode flag();

  /** The same for whoever only passes it on: what Jackson writes. */
  default Object given() {
    return flag();
  }

  /**
   * They are ranked by a model.
   *
   * @param name of the model, or an alias
   */
  record Model(String name) implements Treatment {
    @Override
    public JsonNode flag() {
      return TextNode.valueOf(name);
    }
  }

  /**
   * They get the value of a feature flag.
   *
   * @param flag any JSON, not to be changed
   */
  record Value(JsonNode flag) implements Treatment {
    public Value {
      flag = flag.deepCopy();
    }
  }
}
