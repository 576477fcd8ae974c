package io.millrace.training;

import io.millrace.metrics.LearnerFigures;
import io.millrace.model.Tensors;
import java.util.List;
import java.util.Optional;

/**
 * A copy of everything that one publish ships.
 *
 * @param incarnation that the version is of
 * @param version of the model
 * @param baseVersion what it is a difference to, 0 for the whole model
 * @param featureSchema that the version encodes by
 * @param rows changed rows, not to be touched until the publisher is idle again
 * @param removed rows that the topic holds and the model does not: the first publish after a start
 *     removes what an earlier learner had learned beyond where this one is
 * @param tensors all dense tensors, and the calibration if there is one
 * @param clickTimes of clicks first learned in this version
 * @param fault why the version is not to be served; empty if nothing is wrong
 * @param figures what the learner says of itself at this version
 */
@SuppressWarnings("ArrayRecordComponent") // handed from thread to thread, never compared
record Publish(
    Incarnation incarnation,
    long version,
    long baseVersion,
    String featureSchema,
    RowCopies rows,
    long[] removed,
    Tensors tensors,
    List<Long> clickTimes,
    Optional<Fault> fault,
    LearnerFigures figures) {

  /**
   * What is wrong with a version.
   *
   * @param words for a reader
   * @param soundVersion the newest version of before that, -1 if it is not known
   */
  record Fault(String words, long soundVersion) {}
}
