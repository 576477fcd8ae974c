/**
 * Monotone maps from a model's logit to a calibrated one, fitted on the newest labelled examples.
 *
 * <p>Invariant: a map rises strictly, so it changes probabilities but not who ranks before whom;
 * and it is a pure function of the examples added, in order. Threading: a {@link
 * io.millrace.calibration.CalibrationMap} is immutable; a {@link
 * io.millrace.calibration.SlidingCalibration} belongs to one thread.
 */
@NullMarked
package io.millrace.calibration;

import org.jspecify.annotations.NullMarked;
