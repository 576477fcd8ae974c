package io.millrace.metrics;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where labels are final when they come: each example was predicted before it was learned.
 *
 * @param total since the learner's first start
 * @param segments the first ones that are over, up to {@link #NAMED_SEGMENTS}
 * @param lastSegment the newest one that is over, or null before the first
 * @param current the segment that has begun, or null between two
 * @param uncalibrated as total, before calibration; null without one
 * @param served what servers answered; null where nothing was served
 */
public record ProgressiveFigures(
    Metrics total,
    List<Metrics> segments,
    @Nullable Metrics lastSegment,
    @Nullable Metrics current,
    @Nullable Metrics uncalibrated,
    @Nullable Metrics served)
    implements LabelFigures {
  /** How many segments are kept one by one. */
  public static final int NAMED_SEGMENTS = 8;

  /** Before the first example. */
  public static final ProgressiveFigures NONE =
      new ProgressiveFigures(Metrics.NONE, List.of(), null, null, null, null);

  public ProgressiveFigures {
    if (segments.size() > NAMED_SEGMENTS) {
      throw new IllegalArgumentException(
          "segments: " + segments.size() + ", expected at most " + NAMED_SEGMENTS);
    }
    segments = List.copyOf(segments);
  }

  /** A segment that is over, or null if it is not, or is beyond the first ones. */
  public @Nullable Metrics segment(int index) {
    return index < segments.size() ? segments.get(index) : null;
  }
}
