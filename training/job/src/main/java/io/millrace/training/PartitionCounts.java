package io.millrace.training;

/**
 * What became of the records of a partition that were not simply learned from.
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
 * @param withheld predicted but not learned, because predictions had gone wrong
 * @param otherArm not read further, because an experiment has the model learn from its own arm
 *     alone, or not at all
 */
record PartitionCounts(
    long duplicates,
    long rejected,
    long otherSchema,
    long mismatches,
    long provisional,
    long corrections,
    long takenBack,
    long otherOutcome,
    long withheld,
    long otherArm) {
  static final PartitionCounts NONE = new PartitionCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  PartitionCounts plus(PartitionCounts more) {
    return new PartitionCounts(
        duplicates + more.duplicates,
        rejected + more.rejected,
        otherSchema + more.otherSchema,
        mismatches + more.mismatches,
        provisional + more.provisional,
        corrections + more.corrections,
        takenBack + more.takenBack,
        otherOutcome + more.otherOutcome,
        withheld + more.withheld,
        otherArm + more.otherArm);
  }

  PartitionCounts plusDuplicate() {
    return plus(new PartitionCounts(1, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  PartitionCounts plusRejected(int more) {
    return more == 0 ? this : plus(new PartitionCounts(0, more, 0, 0, 0, 0, 0, 0, 0, 0));
  }

  PartitionCounts plusOtherSchema() {
    return plus(new PartitionCounts(0, 0, 1, 0, 0, 0, 0, 0, 0, 0));
  }

  PartitionCounts plusOtherOutcome() {
    return plus(new PartitionCounts(0, 0, 0, 0, 0, 0, 0, 1, 0, 0));
  }

  PartitionCounts plusOtherArm() {
    return plus(new PartitionCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 1));
  }
}
