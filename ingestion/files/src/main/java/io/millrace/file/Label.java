package io.millrace.file;

/**
 * The label of a file.
 *
 * @param column where it stands, from 0
 * @param rows that have one among those looked at
 * @param positives how many of these are positive
 * @param unusable rows whose label is neither
 */
public record Label(
    String name, int column, LabelRule rule, long rows, long positives, long unusable) {
  /** The share of positives among usable labels, 0 to 1. */
  public double positiveShare() {
    return rows == 0 ? 0 : (double) positives / rows;
  }
}
