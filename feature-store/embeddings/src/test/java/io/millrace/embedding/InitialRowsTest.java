package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class InitialRowsTest {

  @Test
  void valuesArePinned() {
    // servers compute them too: a change here changes every row that nobody has stored
    float[] out = new float[4];
    new InitialRows(42, 1, 1).addTo(123_456, 1, out, 0, 4);
    assertThat(out).containsExactly(0f, -0.50512385f, 0.84593034f, -0.7335124f);
  }

  @Test
  void areUniformWithinTheScale() {
    InitialRows initial = new InitialRows(1, 0.5f, 0);
    double sum = 0;
    double squares = 0;
    int n = 20_000;
    float[] row = new float[10];
    for (int r = 0; r < n; r++) {
      java.util.Arrays.fill(row, 0);
      initial.addTo(r, 1, row, 0, 10);
      for (float v : row) {
        assertThat(v).isGreaterThanOrEqualTo(-0.5f).isLessThan(0.5f);
        sum += v;
        squares += v * v;
      }
    }
    assertThat(sum / (n * 10)).isCloseTo(0, within(0.003));
    assertThat(squares / (n * 10)).isCloseTo(1 / 12.0, within(0.001));
  }

  @Test
  void aColumnDoesNotDependOnHowManyStartAtZero() {
    float[] all = new float[6];
    float[] fromTwo = new float[6];
    new InitialRows(3, 1, 0).addTo(9, 1, all, 0, 6);
    new InitialRows(3, 1, 2).addTo(9, 1, fromTwo, 0, 6);
    assertThat(fromTwo).startsWith(0, 0).endsWith(all[2], all[3], all[4], all[5]);
  }

  @Test
  void equalPartsBeginAlikeEachWithItsLinearWeight() {
    float[] one = new float[4];
    float[] three = new float[12];
    new InitialRows(7, 1, 1).addTo(5, 1, one, 0, 4);
    new InitialRows(7, 1, 1, 3).addTo(5, 1, three, 0, 12);
    assertThat(one[0]).isZero();
    assertThat(one[1]).isNotZero();
    for (int from = 0; from < 12; from += 4) {
      assertThat(Arrays.copyOfRange(three, from, from + 4)).containsExactly(one);
    }
  }

  @Test
  void refusesABoundThatIsNone() {
    assertThatThrownBy(() -> new InitialRows(0, -1, 0)).hasMessageContaining("scale: -1.0");
    assertThatThrownBy(() -> new InitialRows(0, Float.NaN, 0)).hasMessageContaining("scale: NaN");
    assertThatThrownBy(() -> new InitialRows(0, 1, -1)).hasMessageContaining("zeroColumns: -1");
  }
}
