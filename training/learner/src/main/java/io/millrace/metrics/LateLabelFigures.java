package io.millrace.metrics;

/**
 * Where labels may still change when they come: in cohorts whose labels are all final.
 *
 * @param served what servers answered
 * @param learner what the learner said before it learned
 * @param sample the share of impressions that {@code learner} is of
 */
public record LateLabelFigures(CohortFigures served, CohortFigures learner, double sample)
    implements LabelFigures {}
