package io.millrace.training;

import io.millrace.model.Tensors;
import java.util.List;
import java.util.Map;

/**
 * A copy of everything that one publish ships.
 *
 * @param version of the model
 * @param baseVersion what it is a difference to, 0 for the whole model
 * @param rowCount rows in this publish
 * @param rows [rowCount], possibly longer
 * @param values [rowCount, width], possibly longer
 * @param width values of a row
 * @param tensors all dense tensors
 * @param clickTimes of clicks first learned in this version
 * @param metrics by name
 */
@SuppressWarnings("ArrayRecordComponent") // handed from thread to thread, never compared
record Publish(
    long version,
    long baseVersion,
    int rowCount,
    long[] rows,
    float[] values,
    int width,
    Tensors tensors,
    List<Long> clickTimes,
    Map<String, Double> metrics) {}
