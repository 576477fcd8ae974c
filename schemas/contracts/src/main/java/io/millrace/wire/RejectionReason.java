package io.millrace.wire;

import java.util.Locale;

/** Why an event was turned away. The codes are part of the {@code rejected} topic's format. */
public enum RejectionReason {
  /** Null, shorter than a header, or a first byte that is not 0. */
  MALFORMED_BYTES,
  /** No schema was ever registered under the id in the header. */
  UNKNOWN_SCHEMA_ID,
  /** The Avro payload does not fit its schema, or bytes are left over. */
  UNDECODABLE,
  /** A well-formed record of a type that has no place on its topic. */
  UNEXPECTED_TYPE,
  /** A feature value that the feature schema forbids. */
  INVALID_FEATURE,
  /** An event time before 2000, or more than a day ahead of the record's Kafka timestamp. */
  ABSURD_EVENT_TIME,
  /** A click whose impression did not come within the attribution window. */
  CLICK_FOR_UNKNOWN_IMPRESSION,
  /** A click that came after its impression's attribution window had closed. */
  LATE_CLICK,
  /** A value longer than the platform takes. */
  TOO_LARGE,
  /** An impression that came after its own attribution window had closed. */
  LATE_IMPRESSION,
  /** An impression id that is empty or too long. */
  INVALID_ID,
  /** A feature schema that changes what a running model has learned from. */
  INCOMPATIBLE_SCHEMA,
  /** An example that would have made a model's values not finite or too large. */
  UNLEARNABLE,
  /** An outcome that the platform does not join. */
  UNKNOWN_OUTCOME,
  /** An outcome other than a click whose impression did not come within its window. */
  OUTCOME_FOR_UNKNOWN_IMPRESSION,
  /** An outcome other than a click that came after its window had closed. */
  LATE_OUTCOME,
  /** JSON that is no event: an unknown key, a value of the wrong type, or one that is missing. */
  MALFORMED_JSON,
  /** An exposure of a unit to an arm that its experiment does not give it. */
  NOT_ASSIGNED;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** The reason in snake case, for example {@code unknown_schema_id}. */
  public String code() {
    return code;
  }
}
