package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Every element goes where it belongs, and nothing else is touched. */
class TranspositionTest {

  @Test
  void exchangesRowsAndColumns() {
    for (int rows : new int[] {1, 3, 4, 5, 8, 39}) {
      for (int columns : new int[] {1, 2, 16, 39}) {
        int stride = columns + 3;
        int toStride = rows + 2;
        float[] from = new float[5 + rows * stride];
        for (int i = 0; i < from.length; i++) {
          from[i] = i + 1;
        }
        float[] to = new float[7 + columns * toStride];
        float[] expected = to.clone();
        for (int i = 0; i < rows; i++) {
          for (int j = 0; j < columns; j++) {
            expected[7 + j * toStride + i] = from[5 + i * stride + j];
          }
        }
        Transposition.copy(rows, columns, from, 5, stride, to, 7, toStride);
        assertThat(to).as("%d by %d", rows, columns).containsExactly(expected);
      }
    }
  }
}
