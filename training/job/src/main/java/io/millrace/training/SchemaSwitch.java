package io.millrace.training;

import io.millrace.feature.FeatureChange;
import io.millrace.feature.FeatureChange.Kind;
import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureEvolution;
import io.millrace.feature.FeatureSchema;
import io.millrace.schema.SchemaRegistry.RegisteredSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.jspecify.annotations.Nullable;

/**
 * Decides what an example means for a model by the schema that it was written with: nothing new, a
 * newer version to switch to, or a version that changes what was learned and is refused. It goes by
 * the ids in the log alone, a higher one being newer, so the same log gives the same switches.
 *
 * <p>Not thread-safe.
 */
final class SchemaSwitch {
  /** In place of an id. */
  static final int UNKNOWN_ID = 0;

  /** In place of an offset. */
  static final long NONE = -1;

  private final FeatureSchema schema;
  private final String text;
  private final boolean takesNewFields;
  private final Map<Integer, Decision> decisions = new HashMap<>();
  private int id;

  /**
   * What an example's schema means.
   *
   * @param next the schema to switch to, or null to stay
   * @param refusal why it cannot be learned from, or null
   */
  record Decision(@Nullable FeatureSchema next, @Nullable String refusal) {
    static final Decision STAY = new Decision(null, null);
  }

  /**
   * @param schema of the model
   * @param id of the newest version that it holds, or {@link #UNKNOWN_ID}
   * @param takesNewFields whether the model can use more features than it has
   */
  SchemaSwitch(FeatureSchema schema, int id, boolean takesNewFields) {
    this.schema = schema;
    this.text = schema.avro().toString();
    this.id = id;
    this.takesNewFields = takesNewFields;
  }

  /** The model's schema as JSON. */
  String text() {
    return text;
  }

  /** The id of the newest version that the schema holds, or {@link #UNKNOWN_ID}. */
  int id() {
    return id;
  }

  /**
   * Decides for a model that has learned.
   *
   * @param written of the schema's name
   */
  Decision of(RegisteredSchema written) {
    if (written.id() == id) {
      return Decision.STAY;
    }
    if (id == UNKNOWN_ID && written.schema().equals(schema.avro())) {
      id = written.id();
      return Decision.STAY;
    }
    return decisions.computeIfAbsent(written.id(), unused -> decide(written));
  }

  /**
   * Decides for a model that has learned nothing: it begins with the first example's schema, older
   * or newer, unless that contradicts the one it was given.
   */
  Decision ofFirst(RegisteredSchema written) {
    Decision decision = of(written);
    return written.id() == id || decision.refusal() != null
        ? decision
        : new Decision(FeatureSchema.parse(written.schema()), null);
  }

  private Decision decide(RegisteredSchema written) {
    FeatureSchema other;
    try {
      other = FeatureSchema.parse(written.schema());
    } catch (IllegalArgumentException e) {
      return refuse(written, String.valueOf(e.getMessage()));
    }
    boolean newer = written.id() > id;
    List<FeatureChange> changes =
        newer
            ? FeatureCompatibility.compare(schema, other)
            : FeatureCompatibility.compare(other, schema);
    String problems =
        changes.stream()
            // a model keeps the features that a later version retires
            .filter(change -> !change.compatible() && (newer || change.kind() != Kind.RETIREMENT))
            .map(change -> change.feature() + ": " + change.reason())
            .collect(Collectors.joining("; "));
    if (!problems.isEmpty()) {
      return refuse(written, problems);
    }
    FeatureSchema next = null;
    if (newer && wanted(changes, written.schema())) {
      try {
        next = FeatureEvolution.evolve(schema, other, takesNewFields);
      } catch (IllegalArgumentException e) {
        return refuse(written, String.valueOf(e.getMessage()));
      }
    }
    Schema reader = next == null ? schema.avro() : next.avro();
    return reads(reader, written.schema())
        ? next == null ? Decision.STAY : new Decision(next, null)
        : refuse(written, "its values cannot be read as " + reader);
  }

  /** Whether one of two schemas, as JSON, is a compatible version of the other. */
  static boolean related(String one, String other) {
    if (one.equals(other)) {
      return true;
    }
    try {
      FeatureSchema a = FeatureSchema.parse(new Schema.Parser().parse(one));
      FeatureSchema b = FeatureSchema.parse(new Schema.Parser().parse(other));
      return a.name().equals(b.name()) && (follows(a, b) || follows(b, a));
    } catch (RuntimeException e) { // Avro's parser throws many kinds
      return false;
    }
  }

  private static boolean follows(FeatureSchema older, FeatureSchema newer) {
    return FeatureCompatibility.compare(older, newer).stream()
        .allMatch(change -> change.compatible() || change.kind() == Kind.RETIREMENT);
  }

  private boolean wanted(List<FeatureChange> changes, Schema written) {
    return changes.stream()
            .anyMatch(
                change ->
                    change.kind() == Kind.RENAMED
                        || change.kind() == Kind.LIMIT
                        || (takesNewFields && change.kind() == Kind.ADDED))
        || !reads(schema.avro(), written);
  }

  private static boolean reads(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
        == SchemaCompatibilityType.COMPATIBLE;
  }

  private Decision refuse(RegisteredSchema written, String reason) {
    return new Decision(
        null,
        "%s version %d (schema id %d) does not fit a model that learned with schema id %d: %s"
            .formatted(written.subject(), written.version(), written.id(), id, reason));
  }
}
