/**
 * Millrace beside what a user would pick instead, in one run: each comparison checks that both
 * sides compute the same where they can, then prints figures and ratios. Nothing of the product
 * depends on this module, so that its peers are on no other classpath.
 *
 * <p>Invariant: time is CPU time of the one thread that works, medians of several measurements.
 */
@NullMarked
package io.millrace.benchmarks;

import org.jspecify.annotations.NullMarked;
