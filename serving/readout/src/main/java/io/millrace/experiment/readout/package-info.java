/**
 * What an experiment has shown so far: its definition and the totals of its arms become figures
 * with their meaning in words, for people and as JSON.
 */
@NullMarked
package io.millrace.experiment.readout;

import org.jspecify.annotations.NullMarked;
