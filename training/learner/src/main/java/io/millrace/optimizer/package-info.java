/**
 * Update rules that turn a gradient into a step, one row at a time.
 *
 * <p>Invariant: an optimizer holds no state. All it remembers lies in the slots that its caller
 * stores beside the values, and slots of zeros are a fresh state, so that a page of zeroed memory
 * needs no initialisation. An update reads and writes its own row's values and slots and nothing
 * else, and is a pure function of them: the same log gives the same bits.
 *
 * <p>Threading: optimizers are immutable and may be shared; the arrays belong to the caller.
 */
@NullMarked
package io.millrace.optimizer;

import org.jspecify.annotations.NullMarked;
