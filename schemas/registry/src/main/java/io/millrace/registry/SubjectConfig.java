package io.millrace.registry;

import io.millrace.schema.CompatibilityLevel;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a subject, or of all that have none of their own.
 *
 * @param compatibility null where it was not set
 * @param normalize whether schemas are normalized before they are compared; null where not set
 */
public record SubjectConfig(
    @Nullable CompatibilityLevel compatibility, @Nullable Boolean normalize) {

  /** What holds where nobody has set anything. */
  public static final SubjectConfig DEFAULT = new SubjectConfig(CompatibilityLevel.BACKWARD, null);

  /** These settings, those of {@code fallback} where there is none. */
  SubjectConfig or(SubjectConfig fallback) {
    return new SubjectConfig(
        compatibility != null ? compatibility : fallback.compatibility,
        normalize != null ? normalize : fallback.normalize);
  }

  CompatibilityLevel level() {
    return compatibility != null ? compatibility : CompatibilityLevel.BACKWARD;
  }
}
