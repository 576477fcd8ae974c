package io.millrace.metrics;

/** What labels say of predictions: at once where they are final when they come, else in cohorts. */
public sealed interface LabelFigures permits ProgressiveFigures, LateLabelFigures {}
