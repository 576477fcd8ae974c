package io.millrace.training;

/**
 * What became of the records of a lane that were not simply learned from.
 *
 * @param duplicates dropped because their id had been read before
 * @param rejected could not be decoded, encoded or learned from
 * @param otherSchema of another feature schema, so for other models
 * @param mismatches learned, but encoded differently than when they were served
 * @param provisional learned with a label that a later example may correct
 * @param corrections learned: clicked, of what was learned as not clicked
 * @param takenBack learned: not clicked, of what was learned as clicked; where a click was taken
 *     back, or the ingestion job went back to a checkpoint and met a click and its impression in
 *     another order
 * @param otherOutcome with a label of another outcome, so for other models
 */
record LaneCounts(
    long duplicates,
    long rejected,
    long otherSchema,
    long mismatches,
    long provisional,
    long corrections,
    long takenBack,
    long otherOutcome) {
  static final LaneCounts NONE = new LaneCounts(0, 0, 0, 0, 0, 0, 0, 0);

  LaneCounts plus(LaneCounts more) {
    return new LaneCounts(
        duplicates + more.duplicates,
        rejected + more.rejected,
        otherSchema + more.otherSchema,
        mismatches + more.mismatches,
        provisional + more.provisional,
        corrections + more.corrections,
        takenBack + more.takenBack,
        otherOutcome + more.otherOutcome);
  }

  LaneCounts plusDuplicate() {
    return plus(new LaneCounts(1, 0, 0, 0, 0, 0, 0, 0));
  }

  LaneCounts plusRejected(int more) {
    return more == 0 ? this : plus(new LaneCounts(0, more, 0, 0, 0, 0, 0, 0));
  }

  LaneCounts plusOtherSchema() {
    return plus(new LaneCounts(0, 0, 1, 0, 0, 0, 0, 0));
  }

  LaneCounts plusOtherOutcome() {
    return plus(new LaneCounts(0, 0, 0, 0, 0, 0, 0, 1));
  }
}
