package io.millrace.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows whose columns stand below each other. */
final class TextTable {
  private final List<String[]> rows = new ArrayList<>();
  private final int[] widths;

  /** A table with these heads. */
  TextTable(String... heads) {
    widths = new int[heads.length];
    row(heads);
  }

  /** Adds a row of as many cells. */
  void row(String... cells) {
    if (cells.length != widths.length) {
      throw new IllegalArgumentException(
          "cells: %d, expected %d".formatted(cells.length, widths.length));
    }
    for (int c = 0; c < cells.length; c++) {
      widths[c] = Math.max(widths[c], cells[c].length());
    }
    rows.add(cells);
  }

  /** Its lines, each with its end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < row.length; c++) {
        line.append(row[c]).append(" ".repeat(widths[c] - row[c].length() + 2));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}
