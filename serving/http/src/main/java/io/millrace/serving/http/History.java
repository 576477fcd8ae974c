package io.millrace.serving.http;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last samples of series, so that a console that is opened late still shows the past. Bounded:
 * {@code capacity} samples of at most {@code maxSeries} series, 8 bytes each; a series beyond that
 * is left out. Safe for use by many threads.
 */
final class History {
  private final long[] times;
  private final int maxSeries;
  private final Map<Series, double[]> series = new TreeMap<>(Comparator.comparing(Series::name));
  private long samples;

  History(int capacity, int maxSeries) {
    this.times = new long[capacity];
    this.maxSeries = maxSeries;
  }

  /** Adds one sample; series that it leaves out have a gap there. */
  synchronized void add(long timeMillis, Map<Series, Double> values) {
    int at = (int) (samples++ % times.length);
    times[at] = timeMillis;
    series.values().forEach(column -> column[at] = Double.NaN);
    values.forEach(
        (of, value) -> {
          double[] column = series.get(of);
          if (column == null && series.size() < maxSeries) {
            column = new double[times.length];
            Arrays.fill(column, Double.NaN);
            series.put(of, column);
          }
          if (column != null) {
            column[at] = value;
          }
        });
  }

  /**
   * Samples as columns, oldest first.
   *
   * @param time milliseconds since 1970 [n]
   * @param series values [n], null where a sample had none
   */
  record Columns(long[] time, Map<Series, @Nullable Double[]> series) {}

  /** The samples after {@code sinceMillis}. */
  synchronized Columns since(long sinceMillis) {
    int kept = (int) Math.min(samples, times.length);
    long first = samples - kept;
    while (first < samples && times[(int) (first % times.length)] <= sinceMillis) {
      first++;
    }
    int n = (int) (samples - first);
    long[] time = new long[n];
    Map<Series, @Nullable Double[]> columns = new LinkedHashMap<>();
    for (int i = 0; i < n; i++) {
      time[i] = times[(int) ((first + i) % times.length)];
    }
    for (Map.Entry<Series, double[]> entry : series.entrySet()) {
      @Nullable Double[] column = new Double[n];
      for (int i = 0; i < n; i++) {
        double value = entry.getValue()[(int) ((first + i) % times.length)];
        column[i] = Double.isFinite(value) ? (Double) value : null;
      }
      columns.put(entry.getKey(), column);
    }
    return new Columns(time, columns);
  }
}
