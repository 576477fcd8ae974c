/**
 * Experiments: what is compared, who gets which arm, and the log of their changes. An assignment is
 * a pure function of unit, attributes and experiment, and agrees with GrowthBook's SDKs on what
 * {@code io.millrace.experiment.growthbook} tells them.
 */
@NullMarked
package io.millrace.experiment;

import org.jspecify.annotations.NullMarked;
