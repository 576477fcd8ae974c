package io.millrace.metrics;

/**
 * What became of a learner's examples since its first start.
 *
 * @param learned for the first time
 * @param positives of them, those whose label is 1 by now
 * @param duplicates dropped because their id had been read before
 * @param rejected could not be decoded, encoded or learned from
 * @param otherSchema of another feature schema, so for other models
 * @param otherOutcome with a label of another outcome, so for other models
 * @param encodingMismatches learned, but encoded differently than when they were served
 * @param corrections learned: 1, of what was learned as 0
 * @param takenBack learned: 0, of what was learned as 1
 * @param withheld of learned, predicted but not learned, because predictions had gone wrong
 * @param otherArm of another arm of an experiment that has each model learn from its own, or of any
 *     arm of one that has none of its models learn
 */
public record ExampleCounts(
    long learned,
    long positives,
    long duplicates,
    long rejected,
    long otherSchema,
    long otherOutcome,
    long encodingMismatches,
    long corrections,
    long takenBack,
    long withheld,
    long otherArm) {
  /** Before the first example. */
  public static final ExampleCounts NONE = new ExampleCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
