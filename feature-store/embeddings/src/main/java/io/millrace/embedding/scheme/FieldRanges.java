package io.millrace.embedding.scheme;

import io.millrace.bits.SplitMix64;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A range of rows for each field, one behind the other, or one for all. A token names a run of
 * adjacent rows in its field's range: {@code high64(mix64(token) * runs)} times the run's length.
 */
final class FieldRanges {
  private final long[] first; // row of each field
  private final long[] runs; // of each field
  private final int[] lengths; // rows of a run

  /**
   * Divides rows so that fields get runs in proportion to their shares, rounded down, and one at
   * least.
   *
   * @param rows M, of all ranges together
   * @param shares of fields by name; 1 of those that are not named
   * @param lengths rows of a run of each field [F]
   * @throws IllegalArgumentException if there are too few rows
   */
  FieldRanges(long rows, List<String> fields, Map<String, Double> shares, int[] lengths) {
    Settings.requireFields("embedding.shares", shares.keySet(), fields);
    int count = fields.size();
    this.first = new long[count];
    this.runs = new long[count];
    this.lengths = lengths.clone();
    double weighted = 0;
    long least = 0;
    for (int f = 0; f < count; f++) {
      weighted += shares.getOrDefault(fields.get(f), 1.0) * lengths[f];
      least += lengths[f];
    }
    if (rows < least) {
      throw new IllegalArgumentException(
          "rows: %d, expected at least %d, since each of %d fields has its own"
              .formatted(rows, least, count));
    }
    // One run each, and a share of what is left over: the sum cannot pass M.
    long next = 0;
    for (int f = 0; f < count; f++) {
      double share = shares.getOrDefault(fields.get(f), 1.0) / weighted;
      first[f] = next;
      runs[f] = 1 + (long) ((rows - least) * share);
      next += runs[f] * lengths[f];
    }
  }

  /** One range of rows for all fields, in runs of a single row. */
  FieldRanges(long rows, int fields) {
    this.first = new long[fields];
    this.runs = new long[fields];
    this.lengths = new int[fields];
    Arrays.fill(runs, rows);
    Arrays.fill(lengths, 1);
  }

  /** First row of a token's run. */
  long row(int field, long token) {
    return first[field] + SplitMix64.below(SplitMix64.mix(token), runs[field]) * lengths[field];
  }

  /** Different runs that tokens of a field can have. */
  long runs(int field) {
    return runs[field];
  }

  /** Rows of a run. */
  int length(int field) {
    return lengths[field];
  }

  /** Rows of all ranges. */
  long rows() {
    int last = runs.length - 1;
    return first[last] + runs[last] * lengths[last];
  }
}
