package io.millrace.feature;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.avro.LogicalType;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** The cells of a file as Avro's generic data, whatever the file's format. */
final class TextValue {
  private static final String DEFAULT_SPLIT = "|";

  private final Cell[] cells;

  /**
   * @param spellings how cells are written, by the field's name; {@link CellSpelling#PLAIN} where
   *     there is none
   */
  TextValue(FeatureSchema schema, Map<String, CellSpelling> spellings) {
    this.cells =
        schema.avro().getFields().stream()
            .map(
                field ->
                    new Cell(
                        schema, field, spellings.getOrDefault(field.name(), CellSpelling.PLAIN)))
            .toArray(Cell[]::new);
  }

  /**
   * The value of a cell that is there.
   *
   * @throws InvalidFeatureException naming field, expectation and value
   */
  @Nullable Object convert(Schema.Field field, String text) {
    return cells[field.pos()].convert(text);
  }

  /** What one field makes of its cells. */
  private static final class Cell {
    private final Schema.Field field;
    private final FieldType type;
    private final CellSpelling spelling;
    private final String split;
    private final Set<String> missing;
    private final boolean isTime;
    private final long perMilli;

    Cell(FeatureSchema schema, Schema.Field field, CellSpelling spelling) {
      this.field = field;
      this.type = FieldType.of(field.schema());
      this.spelling = spelling;
      this.missing = new HashSet<>(schema.missing(field.name()));
      String given = spelling.split();
      String split = given == null ? DEFAULT_SPLIT : given;
      LogicalType logical = type.schema().getLogicalType();
      boolean time = logical != null && logical.getName().startsWith("timestamp-");
      for (Feature feature : schema.encodedFields()) {
        if (feature.name().equals(field.name())) {
          split = given == null ? feature.separator().orElse(split) : split;
          time |= feature.readsTime();
        }
      }
      this.split = split;
      this.isTime = time || schema.timeField().filter(field.name()::equals).isPresent();
      this.perMilli = logical != null && logical.getName().equals("timestamp-micros") ? 1_000 : 1;
    }

    @Nullable Object convert(String text) {
      if (text.isEmpty() || missing.contains(text) || isMarker(text)) {
        if (type.nullable()) {
          return null;
        } else if (field.hasDefaultValue()) {
          return FeatureRecords.absent(field);
        } else if (type.type() == Schema.Type.ARRAY) {
          return new GenericData.Array<>(0, type.schema());
        } else if (type.type() != Schema.Type.STRING || !text.isEmpty()) {
          throw new InvalidFeatureException(field.name(), "a value (it is not nullable)", text);
        }
      }
      return type.type() == Schema.Type.ARRAY
          ? array(text)
          : convert(field.name(), type.schema(), text);
    }

    /** A text is kept as it is; everything else may be marked as missing. */
    private boolean isMarker(String text) {
      return switch (type.type()) {
        case STRING, ARRAY -> false;
        case ENUM -> MissingMarkers.isMissing(text) && !type.schema().hasEnumSymbol(text);
        default -> MissingMarkers.isMissing(text);
      };
    }

    private Object convert(String name, Schema schema, String text) {
      return switch (schema.getType()) {
        case STRING -> new Utf8(text);
        case ENUM -> {
          if (!schema.hasEnumSymbol(text)) {
            throw new InvalidFeatureException(name, "one of " + schema.getEnumSymbols(), text);
          }
          yield new GenericData.EnumSymbol(schema, text);
        }
        case BOOLEAN -> {
          Boolean truth = Truth.of(text);
          if (truth == null) {
            throw new InvalidFeatureException(name, Truth.EXPECTATION, text);
          }
          yield truth;
        }
        case INT -> {
          Long whole = spelling.numbers().toLong(text);
          if (whole == null || whole != whole.intValue()) {
            throw notA(name, "an integer of 32 bits", text);
          }
          yield whole.intValue();
        }
        case LONG -> integer(name, text);
        case FLOAT -> {
          String plain = spelling.numbers().plain(text);
          float x = plain == null ? Float.NaN : Float.parseFloat(plain);
          if (!Float.isFinite(x)) {
            throw notA(name, "a finite number", text);
          }
          yield x;
        }
        case DOUBLE -> {
          double x = spelling.numbers().toDouble(text);
          if (Double.isNaN(x)) {
            throw notA(name, "a finite number", text);
          }
          yield x;
        }
        default ->
            throw new InvalidFeatureException(
                name,
                "no value: a field of type " + schema.getType() + " cannot come from text",
                text);
      };
    }

    private Object integer(String name, String text) {
      if (isTime) {
        Long millis = spelling.instants().millis(text);
        if (millis == null) {
          throw new InvalidFeatureException(name, InstantSpelling.EXPECTATION, text);
        }
        return millis * perMilli;
      }
      Long whole = spelling.numbers().toLong(text);
      if (whole != null) {
        return whole;
      }
      // Files write times where schemas want milliseconds.
      boolean dateLike = text.length() >= 10 && (text.charAt(4) == '-' || text.charAt(4) == '/');
      Long millis = dateLike ? spelling.instants().millis(text) : null;
      if (millis == null) {
        throw dateLike
            ? new InvalidFeatureException(name, InstantSpelling.EXPECTATION, text)
            : notA(name, "an integer of 64 bits", text);
      }
      return millis;
    }

    private InvalidFeatureException notA(String name, String kind, String text) {
      return new InvalidFeatureException(name, spelling.numbers().expectation(kind, text), text);
    }

    private Object array(String text) {
      GenericData.Array<Object> items = new GenericData.Array<>(4, type.schema());
      Schema of = type.schema().getElementType();
      if (text.isEmpty()
          || (of.getType() != Schema.Type.STRING && MissingMarkers.isMissing(text))) {
        return items;
      }
      int from = 0;
      for (int i = 0; from <= text.length(); i++) {
        int to = text.indexOf(split, from);
        String item = text.substring(from, to < 0 ? text.length() : to);
        items.add(convert(field.name() + "[" + i + "]", of, item));
        from = to < 0 ? text.length() + 1 : to + split.length();
      }
      return items;
    }
  }
}
