package io.millrace.feature;

import io.millrace.schema.CompatibilityLevel;
import io.millrace.schema.InvalidSchemaException;
import io.millrace.schema.SchemaRules;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.avro.Schema;

/**
 * A registry's rules for feature schemas: annotations must be valid, and a newer version may not
 * change what models have learned from. Other schemas pass, unless they have an annotation under a
 * slightly wrong name. Level {@code NONE} allows every change.
 */
public final class FeatureSchemaRules implements SchemaRules {
  private final Supplier<List<LiveModel>> liveModels;

  /** Rules of a registry that knows no running model. */
  public FeatureSchemaRules() {
    this(List::of);
  }

  /**
   * Rules that name, when they refuse, the running models that the change would break. What they
   * refuse does not depend on them.
   *
   * @param liveModels those known now; called for each refusal, and must not wait
   */
  public FeatureSchemaRules(Supplier<List<LiveModel>> liveModels) {
    this.liveModels = liveModels;
  }

  @Override
  public void validate(String subject, Schema schema) throws InvalidSchemaException {
    if (schema.getType() != Schema.Type.RECORD) {
      return;
    }
    try {
      if (FeatureSchema.isFeatureSchema(schema)) {
        FeatureSchema.parse(schema);
      } else {
        FeatureSchemaParser.refuseMistypedAnnotations(schema);
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidSchemaException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public List<String> incompatibilities(
      String subject, Schema newer, List<Schema> older, CompatibilityLevel level) {
    if (level == CompatibilityLevel.NONE) {
      return List.of();
    }
    List<String> reasons = new ArrayList<>();
    for (Schema version : older) {
      for (String reason : between(version, newer)) {
        if (!reasons.contains(reason)) {
          reasons.add(reason);
        }
      }
    }
    if (!reasons.isEmpty() && FeatureSchema.isFeatureSchema(newer)) {
      List<String> broken =
          LiveVerdict.of(liveModels.get(), FeatureSchema.parse(newer)).stream()
              .filter(verdict -> verdict.outcome() == LiveVerdict.Outcome.BROKEN)
              .map(LiveVerdict::model)
              .toList();
      if (!broken.isEmpty()) {
        reasons.add("live models that this would break: " + String.join(", ", broken));
      }
    }
    return List.copyOf(reasons);
  }

  @Override
  public boolean holdAcrossSubjects(Schema newer) {
    return FeatureSchema.isFeatureSchema(newer);
  }

  private static List<String> between(Schema older, Schema newer) {
    if (!FeatureSchema.isFeatureSchema(older)) {
      return List.of();
    }
    if (!FeatureSchema.isFeatureSchema(newer)) {
      return List.of(
          "%s: no field has a 'feature' property any more, expected a feature schema as before"
              .formatted(newer.getFullName()));
    }
    FeatureSchema before;
    try {
      before = FeatureSchema.parse(older);
    } catch (IllegalArgumentException e) {
      return List.of(); // no model can have learned from it
    }
    return FeatureCompatibility.compare(before, FeatureSchema.parse(newer)).stream()
        .filter(change -> !change.compatible())
        .map(change -> change.feature() + ": " + change.reason())
        .toList();
  }
}
