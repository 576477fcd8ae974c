package io.millrace.experiment;

/**
 * That a unit stays in the arm that it was once in, whatever becomes of traffic, targeting and
 * weights.
 *
 * @param version of the assignments; under another version every unit is assigned anew
 * @param minVersion units that were assigned under a lower version leave the experiment
 */
public record Stickiness(int version, int minVersion) {}
