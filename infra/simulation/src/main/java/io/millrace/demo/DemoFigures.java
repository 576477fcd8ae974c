package io.millrace.demo;

import io.millrace.metrics.TruthMetrics;

/**
 * How a demo stands.
 *
 * @param truth of all answers so far, against the probabilities that the market knows
 * @param lastMinute the same of the last minute
 * @param requests that were sent
 * @param failed of those
 * @param inFlight that are not answered yet
 */
public record DemoFigures(
    TruthMetrics truth, TruthMetrics lastMinute, long requests, long failed, int inFlight) {}
