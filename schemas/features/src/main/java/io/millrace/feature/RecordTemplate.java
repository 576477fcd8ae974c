package io.millrace.feature;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of one schema that share most of their values, such as the candidates of a request:
 * what they share is checked and converted once ({@link #share}), and a record costs a copy of an
 * array and its own values ({@link Shared#with}). What a value may be is {@link
 * FeatureRecords#fromMap}'s rule.
 *
 * <p>Records share the objects of shared and of default values, so no value of theirs may be
 * changed, but any field may be set. Immutable and safe to share.
 */
public final class RecordTemplate {
  private static final int LEFT_OUT = -1;

  private final FeatureSchema schema;
  private final Schema.Field[] fields;
  private final boolean[] nullable;
  private final GenericData.Record defaults;
  private final @Nullable InvalidFeatureException[] missing;
  private final Map<String, Integer> positions = new HashMap<>();

  /**
   * @param schema of the records
   * @param other a version of the same schema whose names are taken too: a name that means a field
   *     of {@code schema} by an alias there gives that field, and a name of a field that only it
   *     has is left out
   */
  public RecordTemplate(FeatureSchema schema, FeatureSchema other) {
    this.schema = schema;
    Schema avro = schema.avro();
    this.fields = avro.getFields().toArray(Schema.Field[]::new);
    this.nullable = new boolean[fields.length];
    this.missing = new InvalidFeatureException[fields.length];
    this.defaults = new GenericData.Record(avro);
    for (Schema.Field field : fields) {
      nullable[field.pos()] = FieldType.of(field.schema()).nullable();
      try {
        defaults.put(field.pos(), FeatureRecords.absent(field));
      } catch (InvalidFeatureException e) {
        missing[field.pos()] = e;
      }
      positions.put(field.name(), field.pos());
    }
    for (Schema.Field field : fields) {
      field.aliases().forEach(alias -> positions.putIfAbsent(alias, field.pos()));
    }
    for (Schema.Field field : other.avro().getFields()) {
      positions.putIfAbsent(
          field.name(),
          field.aliases().stream()
              .map(avro::getField)
              .filter(known -> known != null)
              .map(Schema.Field::pos)
              .findFirst()
              .orElse(LEFT_OUT));
    }
  }

  /**
   * Takes what records share.
   *
   * @param values parsed JSON by name
   * @param automatic values of this schema's fields for records that do not give one, by the
   *     field's name, as Avro holds them
   * @throws InvalidFeatureException naming the first of {@code values} that cannot be used
   */
  public Shared share(
      Map<String, ? extends @Nullable Object> values, Map<String, Object> automatic) {
    return new Shared(values, automatic);
  }

  /** Values that several records share; for one thread. */
  public final class Shared {
    private final GenericData.Record base = new GenericData.Record(defaults, false);
    private final @Nullable String[] givenAs = new String[fields.length];
    private final @Nullable InvalidFeatureException[] needed = missing.clone();
    private final boolean[] sharedNull = new boolean[fields.length];
    private final boolean[] automatic = new boolean[fields.length];
    private final int[] lastRecord = new int[fields.length];
    private int needs;
    private int records;

    private Shared(
        Map<String, ? extends @Nullable Object> values, Map<String, Object> automaticValues) {
      values.forEach((name, value) -> checkKnown(name, value));
      automaticValues.forEach(
          (name, value) -> {
            int at = schema.avro().getField(name).pos();
            base.put(at, value);
            needed[at] = null;
            automatic[at] = true;
          });
      values.forEach(this::take);
      for (InvalidFeatureException need : needed) {
        needs += need == null ? 0 : 1;
      }
    }

    private void take(String name, @Nullable Object value) {
      int at = positionOf(name);
      if (at == LEFT_OUT) {
        return;
      }
      String other = givenAs[at];
      if (other != null) {
        throw twice(name, other, at, value);
      }
      givenAs[at] = name;
      sharedNull[at] = value == null;
      if (value != null) {
        needed[at] = null;
        base.put(at, convert(at, value));
      } else if (nullable[at]) {
        needed[at] = null;
        base.put(at, null);
      } else if (!automatic[at]) {
        // A record may still bring a value.
        needed[at] = notNullable(at);
      }
    }

    /**
     * A record of the shared values and its own.
     *
     * @param own parsed JSON by name; a name that is shared with a value is an error
     * @throws InvalidFeatureException naming a value that cannot be used, or a field without one
     */
    public GenericRecord with(Map<String, ? extends @Nullable Object> own) {
      GenericData.Record record = new GenericData.Record(base, false);
      records++;
      int met = 0;
      for (Map.Entry<String, ? extends @Nullable Object> entry : own.entrySet()) {
        String name = entry.getKey();
        Object value = entry.getValue();
        Integer position = positions.get(name);
        if (position == null) {
          throw unknown(name, value);
        }
        int at = position;
        if (at == LEFT_OUT) {
          continue;
        }
        String other = givenAs[at];
        boolean instead = sharedNull[at] && name.equals(other);
        if ((other != null && !instead) || lastRecord[at] == records) {
          own.forEach(this::checkKnown);
          throw twice(name, otherNameOf(at, name, own), at, value);
        }
        lastRecord[at] = records;
        if (value != null) {
          record.put(at, convert(at, value));
        } else if (!automatic[at]) {
          if (!nullable[at]) {
            throw notNullable(at);
          }
          record.put(at, null);
        }
        met += needed[at] == null ? 0 : 1;
      }
      if (met < needs) {
        own.forEach(this::checkKnown);
        for (int at = 0; at < needed.length; at++) {
          InvalidFeatureException need = needed[at];
          if (need != null && lastRecord[at] != records) {
            throw need;
          }
        }
      }
      return record;
    }

    private String otherNameOf(int at, String name, Map<String, ?> own) {
      return own.keySet().stream()
          .filter(other -> !other.equals(name) && positionOf(other) == at)
          .findFirst()
          .orElseGet(() -> Objects.requireNonNullElse(givenAs[at], name));
    }

    private @Nullable Object convert(int at, Object value) {
      return JsonValue.convert(fields[at].name(), fields[at].schema(), value);
    }

    private InvalidFeatureException notNullable(int at) {
      return new InvalidFeatureException(fields[at].name(), "a value (it is not nullable)", null);
    }

    private void checkKnown(String name, @Nullable Object value) {
      if (!positions.containsKey(name)) {
        throw unknown(name, value);
      }
    }
  }

  private int positionOf(String name) {
    Integer at = positions.get(name);
    return at == null ? LEFT_OUT : at;
  }

  private InvalidFeatureException unknown(String name, @Nullable Object value) {
    TreeSet<String> known = new TreeSet<>();
    schema.avro().getFields().forEach(field -> known.add(field.name()));
    return new InvalidFeatureException(
        name, "a field of " + schema.name() + NearestName.hint(name, known), value);
  }

  /** One field under two names; the error is at the one that is not its own. */
  private InvalidFeatureException twice(String name, String other, int at, @Nullable Object value) {
    String field = fields[at].name();
    String alias = name.equals(field) ? other : name;
    return new InvalidFeatureException(
        alias,
        "either it or %s, which are one field of %s, not both"
            .formatted(alias.equals(name) ? other : name, schema.name()),
        value);
  }
}
