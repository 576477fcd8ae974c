package io.millrace.feature;

import io.millrace.schema.CompatibilityLevel;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/**
 * What a level says about a newer schema and one older version, by Avro's rules and by ours.
 *
 * @param changes of features; empty unless both are feature schemas
 * @param unreadable what Avro could not read, in words
 */
public record SchemaVerdict(List<FeatureChange> changes, List<String> unreadable) {

  public SchemaVerdict {
    changes = List.copyOf(changes);
    unreadable = List.copyOf(unreadable);
  }

  /**
   * Compares two valid schemas.
   *
   * @throws InvalidFeatureSchemaException if the annotations of one are not valid
   */
  public static SchemaVerdict of(Schema older, Schema newer, CompatibilityLevel level) {
    List<String> unreadable = new ArrayList<>();
    if (level.isBackward()) {
      unreadable.addAll(unreadable(newer, older, "the newer version cannot read older events"));
    }
    if (level.isForward()) {
      unreadable.addAll(unreadable(older, newer, "the older version cannot read newer events"));
    }
    boolean both = FeatureSchema.isFeatureSchema(older) && FeatureSchema.isFeatureSchema(newer);
    return new SchemaVerdict(
        both
            ? FeatureCompatibility.compare(FeatureSchema.parse(older), FeatureSchema.parse(newer))
            : List.of(),
        unreadable);
  }

  private static List<String> unreadable(Schema reader, Schema writer, String what) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
        .getResult()
        .getIncompatibilities()
        .stream()
        .map(problem -> "%s: %s".formatted(what, words(problem)))
        .toList();
  }

  private static String words(Incompatibility problem) {
    return "%s at %s (%s)"
        .formatted(problem.getType(), problem.getLocation(), problem.getMessage());
  }

  /** Whether nothing is incompatible. */
  public boolean compatible() {
    return unreadable.isEmpty() && FeatureCompatibility.allCompatible(changes);
  }
}
