package io.millrace.registry;

import io.millrace.schema.CompatibilityLevel;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.Incompatibility;

/** Avro's schema resolution, asked in the directions of a {@link CompatibilityLevel}. */
public final class Compatibility {
  private Compatibility() {}

  /**
   * Why a schema must not follow others, by Avro's rules alone.
   *
   * @param older the newest last; only that one is looked at unless the level is transitive
   * @return a sentence for each reason, empty if there is none
   */
  public static List<String> incompatibilities(
      Schema newer, List<Schema> older, CompatibilityLevel level) {
    List<String> reasons = new ArrayList<>();
    for (Schema other : inQuestion(older, level)) {
      if (level.isBackward()) {
        explain(newer, other, "the new schema cannot read data of the older one", reasons);
      }
      if (level.isForward()) {
        explain(other, newer, "the older schema cannot read data of the new one", reasons);
      }
    }
    return reasons;
  }

  /** Those of a subject's versions (the newest last) that a level looks at. */
  static <T> List<T> inQuestion(List<T> versions, CompatibilityLevel level) {
    if (level == CompatibilityLevel.NONE || versions.isEmpty()) {
      return List.of();
    }
    return level.isTransitive() ? versions : versions.subList(versions.size() - 1, versions.size());
  }

  private static void explain(Schema reader, Schema writer, String words, List<String> reasons) {
    try {
      for (Incompatibility found :
          SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
              .getResult()
              .getIncompatibilities()) {
        add(
            "%s at %s: %s (%s)"
                .formatted(found.getType(), found.getLocation(), detail(found), words),
            reasons);
      }
    } catch (AvroRuntimeException e) {
      // Avro gives up on a reader's field whose name and aliases are several fields of the writer
      add("UNDECIDED: %s (%s)".formatted(e.getMessage(), words), reasons);
    }
  }

  private static void add(String reason, List<String> reasons) {
    if (!reasons.contains(reason)) {
      reasons.add(reason);
    }
  }

  /** What Avro says is only the name or the types that do not fit. */
  private static String detail(Incompatibility found) {
    return switch (found.getType()) {
      case READER_FIELD_MISSING_DEFAULT_VALUE ->
          "field " + found.getMessage() + " has no default and is missing in what was written";
      case MISSING_ENUM_SYMBOLS -> "enum symbols " + found.getMessage() + " are missing";
      case MISSING_UNION_BRANCH -> "the union has no branch for " + found.getMessage();
      default -> found.getMessage();
    };
  }
}
