package io.millrace.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MatrixTest {
  @Test
  void rowsArePaddedGroupByGroupAndSpreadOverTheCache() {
    Columns heads = Columns.grouped(3, 5);
    assertThat(heads.count()).isEqualTo(15);
    assertThat(heads.stride()).isEqualTo(48);
    assertThat(heads.place(11)).isEqualTo(33);
    assertThat(Columns.of(300).stride()).isEqualTo(304);
    assertThat(Columns.of(256).stride()).isEqualTo(272);
    assertThat(Columns.grouped(1, 256).stride()).isEqualTo(256);
    assertThat(Columns.of(32).stride()).isEqualTo(32);
  }

  @Test
  void whatIsLoadedIsStored() {
    float[] from = {9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    Matrix matrix = new Matrix(Columns.grouped(2, 3)).rows(2);
    matrix.load(from, 1);
    assertThat(matrix.values()[matrix.stride() + 16]).isEqualTo(10);
    float[] to = new float[13];
    to[0] = 9;
    matrix.store(to, 1);
    assertThat(to).containsExactly(from);
  }

  @Test
  void addsRowsThatAreCutDifferently() {
    Matrix narrow = new Matrix(Columns.grouped(1, 3)).rows(4);
    narrow.load(new float[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 0);
    Matrix flat = new Matrix(Columns.of(6)).rows(2);
    flat.load(new float[] {10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120}, 0);
    narrow.add(flat);
    float[] sum = new float[12];
    narrow.store(sum, 0);
    assertThat(sum).containsExactly(11, 22, 33, 44, 55, 66, 77, 88, 99, 110, 121, 132);
  }
}
