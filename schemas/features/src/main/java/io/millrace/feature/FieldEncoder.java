package io.millrace.feature;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericEnumSymbol;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;

/** Encodes one field. Nothing is allocated for records that a decoder made (strings as Utf8). */
abstract sealed class FieldEncoder {
  /** The longest string, in UTF-8 bytes. */
  static final int MAX_STRING_BYTES = 8192;

  /** Appends the field's tokens. */
  abstract void encode(GenericRecord record, EncodedBatch.Appender to);

  /** Makes the encoders of a schema's features, in their order: a cross comes after its fields. */
  static final class Compiler implements Feature.Cases<FieldEncoder> {
    private final Schema schema;
    private final Map<String, Categorical> categoricals = new HashMap<>();

    Compiler(Schema schema) {
      this.schema = schema;
    }

    @Override
    public FieldEncoder categorical(Feature.Categorical feature) {
      Categorical encoder =
          new Categorical(position(feature), feature.name(), hash(feature), feature.transform());
      categoricals.put(feature.name(), encoder);
      return encoder;
    }

    @Override
    public FieldEncoder numeric(Feature.Numeric feature) {
      return new Numeric(position(feature), hash(feature), feature);
    }

    @Override
    public FieldEncoder sequence(Feature.Sequence feature) {
      return new Sequence(
          position(feature), feature.name(), hash(feature), feature.max(), feature.combiner());
    }

    @Override
    public FieldEncoder cross(Feature.Cross feature) {
      return new Cross(
          hash(feature),
          feature.fields().stream().map(categoricals::get).toArray(Categorical[]::new));
    }

    private int position(Feature feature) {
      return schema.getField(feature.name()).pos();
    }

    private static FeatureHash hash(Feature feature) {
      return FeatureHash.of(feature.id());
    }
  }

  /** One token: the value, or that there is none. */
  static final class Categorical extends FieldEncoder {
    private final int position;
    private final String name;
    private final FeatureHash hash;
    private final CategoricalTransform transform;

    Categorical(int position, String name, FeatureHash hash, CategoricalTransform transform) {
      this.position = position;
      this.name = name;
      this.hash = hash;
      this.transform = transform;
    }

    @Override
    void encode(GenericRecord record, EncodedBatch.Appender to) {
      to.add(token(record), 1f);
    }

    long token(GenericRecord record) {
      Object value = record.get(position);
      return value == null ? hash.missingToken() : FieldEncoder.token(name, hash, transform, value);
    }
  }

  /**
   * One token, weighted by the number: the one place where a number comes in, be it from an event
   * or a request, and where it is held to its limit.
   */
  static final class Numeric extends FieldEncoder {
    private final int position;
    private final String name;
    private final FeatureHash hash;
    private final NumericTransform transform;
    private final NumericLimit limit;

    Numeric(int position, FeatureHash hash, Feature.Numeric feature) {
      this.position = position;
      this.name = feature.name();
      this.hash = hash;
      this.transform = feature.transform();
      this.limit = feature.limit();
    }

    @Override
    void encode(GenericRecord record, EncodedBatch.Appender to) {
      Object value = record.get(position);
      if (value == null) {
        to.add(hash.missingToken(), 1f);
        return;
      }
      if (!(value instanceof Number number)) {
        throw new InvalidFeatureException(name, "a number", value);
      }
      double x = number.doubleValue();
      if (!transform.takes(x)) {
        throw new InvalidFeatureException(name, transform.domain(), value);
      }
      double taken = limit.apply(transform.apply(x));
      if (Double.isNaN(taken)) {
        throw new InvalidFeatureException(name, withinLimit(), value);
      }
      to.add(hash.numericToken(), (float) taken);
    }

    private String withinLimit() {
      boolean plain = transform instanceof NumericTransform.None;
      return "a magnitude of at most %s%s, the feature's \"limit\" (%sa larger \"limit\" or \"outliers\": \"clip\" takes it)"
          .formatted(
              limit.limit(),
              plain ? "" : " after its transform",
              plain ? "a transform such as log1p or standardize makes it small, " : "");
    }
  }

  /** A token per item; none for an empty or missing sequence. */
  static final class Sequence extends FieldEncoder {
    private final int position;
    private final String name;
    private final FeatureHash hash;
    private final int max;
    private final Combiner combiner;

    Sequence(int position, String name, FeatureHash hash, int max, Combiner combiner) {
      this.position = position;
      this.name = name;
      this.hash = hash;
      this.max = max;
      this.combiner = combiner;
    }

    @Override
    void encode(GenericRecord record, EncodedBatch.Appender to) {
      Object value = record.get(position);
      if (value == null) {
        return;
      }
      if (!(value instanceof List<?> items)) {
        throw new InvalidFeatureException(name, "a list", value);
      }
      int size = items.size();
      int from = Math.max(0, size - max);
      float weight = size == 0 ? 0 : combiner.weight(size - from);
      for (int i = from; i < size; i++) {
        Object item = items.get(i);
        if (item == null) {
          throw new InvalidFeatureException(name, "no null among the items", items);
        }
        to.add(token(name, hash, CategoricalTransform.NONE, item), weight);
      }
    }
  }

  /** One token: the combination of other fields' tokens. */
  static final class Cross extends FieldEncoder {
    private final FeatureHash hash;
    private final Categorical[] fields;

    Cross(FeatureHash hash, Categorical[] fields) {
      this.hash = hash;
      this.fields = fields;
    }

    @Override
    void encode(GenericRecord record, EncodedBatch.Appender to) {
      long h = hash.key();
      for (Categorical field : fields) {
        h = hash.cross(h, field.token(record));
      }
      to.add(h, 1f);
    }
  }

  private static long token(
      String name, FeatureHash hash, CategoricalTransform transform, Object value) {
    if (value instanceof Utf8 utf8) {
      return text(name, hash, utf8.getBytes(), utf8.getByteLength(), value);
    } else if (value instanceof Long || value instanceof Integer) {
      long x = ((Number) value).longValue();
      return hash.ofLong(transform == CategoricalTransform.NONE ? x : transform.apply(x));
    } else if (value instanceof Boolean b) {
      return hash.ofLong(b ? 1 : 0);
    } else if (value instanceof CharSequence || value instanceof GenericEnumSymbol<?>) {
      byte[] bytes = value.toString().getBytes(StandardCharsets.UTF_8);
      return text(name, hash, bytes, bytes.length, value);
    }
    throw new InvalidFeatureException(name, "a string, an integer, a boolean or a symbol", value);
  }

  private static long text(String name, FeatureHash hash, byte[] bytes, int length, Object value) {
    if (length > MAX_STRING_BYTES) {
      throw new InvalidFeatureException(
          name, "at most " + MAX_STRING_BYTES + " UTF-8 bytes, not " + length, value);
    }
    return hash.ofUtf8(bytes, 0, length);
  }
}
