package io.millrace.feature;

/**
 * One difference between two feature schemas.
 *
 * @param feature the feature's name, of a removed one the old name; for {@link Kind#TABLE}, {@link
 *     Kind#ROLE} and {@link Kind#RETIREMENT} what changed, for example {@code millrace.table}
 * @param kind what changed
 * @param compatible whether models that learned with the older schema may go on with the newer one
 * @param reason why, in words
 */
public record FeatureChange(String feature, Kind kind, boolean compatible, String reason) {

  /** What can change. */
  public enum Kind {
    /** A feature that was not there. */
    ADDED,
    /** A feature that is no longer there. */
    REMOVED,
    /** Another field name with the same id. */
    RENAMED,
    /** Another id, and with it another hash of every value. */
    IDENTITY,
    /** Categorical, numeric, sequence or cross. */
    KIND,
    /** Text or numbers. */
    TYPE,
    TRANSFORM,
    /** How large a number may be, and what becomes of a larger one. */
    LIMIT,
    LOOKUPS,
    SHARES,
    /** How a sequence becomes one vector, or how text becomes a sequence. */
    SEQUENCE,
    /** The fields of a cross. */
    CROSS,
    /** Rows or dimension of the table. */
    TABLE,
    /** Which field is the id, the time or the label. */
    ROLE,
    /** The list of ids that no feature may have any more. */
    RETIREMENT
  }

  /** For example {@code incompatible: price: transform log1p became sqrt: ...}. */
  @Override
  public String toString() {
    return (compatible ? "compatible: " : "incompatible: ") + feature + ": " + reason;
  }
}
