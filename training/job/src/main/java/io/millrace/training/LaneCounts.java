package io.millrace.training;

/**
 * What became of the records of a lane that were not simply learned from.
 *
 * @param duplicates dropped because their id had been read before
 * @param rejected could not be decoded, encoded or learned from
 * @param otherSchema of another feature schema, so for other models
 * @param mismatches learned, but encoded differently than when they were served
 */
record LaneCounts(long duplicates, long rejected, long otherSchema, long mismatches) {
  static final LaneCounts NONE = new LaneCounts(0, 0, 0, 0);

  LaneCounts plusDuplicate() {
    return new LaneCounts(duplicates + 1, rejected, otherSchema, mismatches);
  }

  LaneCounts plusRejected(int more) {
    return more == 0 ? this : new LaneCounts(duplicates, rejected + more, otherSchema, mismatches);
  }

  LaneCounts plusOtherSchema() {
    return new LaneCounts(duplicates, rejected, otherSchema + 1, mismatches);
  }

  LaneCounts plusMismatches(int more) {
    return more == 0 ? this : new LaneCounts(duplicates, rejected, otherSchema, mismatches + more);
  }
}
