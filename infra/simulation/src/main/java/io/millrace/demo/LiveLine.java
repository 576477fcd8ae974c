package io.millrace.demo;

import io.millrace.metrics.TruthMetrics;
import io.millrace.world.WorldTruth;
import java.io.PrintStream;
import java.util.Locale;

/**
 * One line that tells how it goes: rewritten in place on a terminal, a new one every five seconds
 * elsewhere. Not thread-safe.
 */
final class LiveLine {
  private static final long TERMINAL_MILLIS = 500;
  private static final long LOG_MILLIS = 5_000;

  private final PrintStream out;
  private final boolean terminal;
  private long nextMillis = Long.MIN_VALUE;
  private int shownWidth;

  LiveLine(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether it is time for a line. */
  boolean due(long nowMillis) {
    return nowMillis >= nextMillis;
  }

  /** Shows a line. */
  void show(long nowMillis, String line) {
    nextMillis = nowMillis + (terminal ? TERMINAL_MILLIS : LOG_MILLIS);
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, shownWidth - line.length())));
      shownWidth = line.length();
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Prints text that stays, above the line. */
  void print(String text) {
    if (terminal && shownWidth > 0) {
      out.print("\r" + " ".repeat(shownWidth) + "\r");
      shownWidth = 0;
    }
    out.println(text);
    out.flush();
  }

  /**
   * The line's text; what isn't known yet is a dash. All figures are of the probabilities that were
   * answered when the ads were shown, against the true ones, which the market knows: no label is
   * waited for. The best AUC that is possible is in brackets.
   */
  static String text(double eventsPerSecond, PlatformStatus status, WorldTruth truth) {
    TruthMetrics all = truth.metrics();
    TruthMetrics minute = truth.lastMinute();
    return String.format(
        Locale.ROOT,
        "%.0f events/s | served: AUC %s [%s] last minute %s [%s], predicted/true %s last minute %s"
            + " | fresh p50 %s ms p99 %s ms | version %d",
        eventsPerSecond,
        number(all.auc(), 4),
        number(all.ceiling(), 4),
        number(minute.auc(), 3),
        number(minute.ceiling(), 3),
        number(all.calibration(), 3),
        number(minute.calibration(), 3),
        number(status.freshP50Millis(), 0),
        number(status.freshP99Millis(), 0),
        status.version());
  }

  /** A number with so many decimals, or a dash for NaN. */
  static String number(double value, int decimals) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
