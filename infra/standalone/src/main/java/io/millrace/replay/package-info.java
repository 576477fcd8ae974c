/**
 * Replays a file as a stream: each row becomes an impression and, if its label is 1, a click, in
 * the order of the file, through the topics and jobs that live events take.
 *
 * <p>Invariant: what is written to a topic is a pure function of the file, so a replay that was
 * killed goes on at the first row that a topic does not hold. One thread reads and writes.
 */
@NullMarked
package io.millrace.replay;

import org.jspecify.annotations.NullMarked;
