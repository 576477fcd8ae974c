package io.millrace.kernel;

/** Copies of matrices with rows and columns exchanged. */
public final class Transposition {
  /** Rows that are read side by side, so that what is written lies side by side too. */
  private static final int ROWS = 4;

  private Transposition() {}

  /**
   * {@code to[j][i] = from[i][j]}.
   *
   * @param rows rows of the source
   * @param columns columns of the source
   * @param from row i begins at {@code at + i * stride}
   * @param to row j begins at {@code toAt + j * toStride}; another array than {@code from}
   */
  public static void copy(
      int rows, int columns, float[] from, int at, int stride, float[] to, int toAt, int toStride) {
    int i = 0;
    for (; i + ROWS <= rows; i += ROWS) {
      fourRows(columns, from, at + i * stride, stride, to, toAt + i, toStride);
    }
    for (; i < rows; i++) {
      int row = at + i * stride;
      for (int j = 0, next = toAt + i; j < columns; j++, next += toStride) {
        to[next] = from[row + j];
      }
    }
  }

  private static void fourRows(
      int columns, float[] from, int at, int stride, float[] to, int toAt, int toStride) {
    int second = at + stride;
    int third = second + stride;
    int fourth = third + stride;
    for (int j = 0, next = toAt; j < columns; j++, next += toStride) {
      to[next] = from[at + j];
      to[next + 1] = from[second + j];
      to[next + 2] = from[third + j];
      to[next + 3] = from[fourth + j];
    }
  }
}
