package io.millrace.ranking;

import java.util.List;

/**
 * The newest ranking, for whoever watches.
 *
 * @param time of the request, milliseconds since 1970
 * @param candidates how many there were
 * @param shown how many were answered
 * @param results the best few, whatever was answered
 */
public record LatestRanking(
    String model,
    long version,
    long time,
    int candidates,
    int shown,
    List<RankAnswer.Result> results) {}
