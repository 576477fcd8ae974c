package io.millrace.feature;

import java.util.List;
import org.apache.avro.Schema;

/** A field's type, seen through the union that makes it nullable. */
record FieldType(Schema schema, boolean nullable) {

  /** Unwraps {@code ["null", T]}; other unions stay as they are. */
  static FieldType of(Schema schema) {
    if (schema.getType() == Schema.Type.UNION) {
      List<Schema> branches = schema.getTypes();
      if (branches.size() == 2) {
        for (int i = 0; i < 2; i++) {
          if (branches.get(i).getType() == Schema.Type.NULL) {
            return new FieldType(branches.get(1 - i), true);
          }
        }
      }
    }
    return new FieldType(schema, schema.getType() == Schema.Type.NULL);
  }

  Schema.Type type() {
    return schema.getType();
  }

  boolean isString() {
    return type() == Schema.Type.STRING || type() == Schema.Type.ENUM;
  }

  boolean isIntegral() {
    return type() == Schema.Type.INT || type() == Schema.Type.LONG;
  }

  boolean isCategorical() {
    return isString() || isIntegral() || type() == Schema.Type.BOOLEAN;
  }

  boolean isNumeric() {
    return isIntegral() || type() == Schema.Type.FLOAT || type() == Schema.Type.DOUBLE;
  }

  /** Whether equal values of both types get equal tokens: both are text, or neither is. */
  boolean hashesLike(FieldType other) {
    return isString() == other.isString();
  }
}
