package io.millrace.ranking;

import io.millrace.feature.InvalidFeatureException;

/** One of several records cannot be used. */
final class UnusableRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int index;
  private final InvalidFeatureException reason;

  /**
   * @param index of the record, from 0
   */
  UnusableRecordException(int index, InvalidFeatureException reason) {
    super("record " + index + ": " + reason.detail(), reason, false, false);
    this.index = index;
    this.reason = reason;
  }

  int index() {
    return index;
  }

  InvalidFeatureException reason() {
    return reason;
  }
}
