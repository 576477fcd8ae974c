package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowGradientsTest {

  @Test
  void equalsAMapInOrderOfFirstOccurrenceOverManySteps() {
    SplittableRandom random = new SplittableRandom(4);
    for (int width : new int[] {1, 3, 16}) {
      RowGradients gradients = new RowGradients(width);
      for (int step = 0; step < 50; step++) {
        gradients.clear();
        Map<Long, float[]> expected = new LinkedHashMap<>();
        int adds = random.nextInt(step % 7 == 0 ? 2000 : 20);
        for (int i = 0; i < adds; i++) {
          long row = random.nextInt(300) * 1_000_003L;
          float[] g = new float[width + 2];
          for (int j = 0; j < g.length; j++) {
            g[j] = random.nextInt(-8, 8); // sums of small integers are exact
          }
          gradients.add(row, 2, g, 1);
          float[] sum = expected.computeIfAbsent(row, r -> new float[width]);
          for (int j = 0; j < width; j++) {
            sum[j] += 2 * g[1 + j];
          }
        }
        assertThat(gradients.size()).isEqualTo(expected.size());
        int e = 0;
        for (Map.Entry<Long, float[]> entry : expected.entrySet()) {
          assertThat(gradients.row(e)).isEqualTo(entry.getKey());
          for (int j = 0; j < width; j++) {
            assertThat(gradients.values()[e * width + j]).isEqualTo(entry.getValue()[j]);
          }
          e++;
        }
      }
    }
  }

  @Test
  void nothingIsLeftOfRowsThatWereCleared() {
    RowGradients gradients = new RowGradients(2);
    float[] ones = {1, 1};
    int steps = 30_000;
    for (int step = 0; step < steps; step++) {
      gradients.clear();
      for (int i = 0; i < 50; i++) {
        assertThat(gradients.contains(i)).isFalse();
        gradients.add(i, 3, ones, 0);
      }
    }
    gradients.clear();
    int at = gradients.offset(49);
    assertThat(gradients.size()).isEqualTo(1);
    assertThat(gradients.contains(49)).isTrue();
    assertThat(gradients.values()[at]).isZero();
    assertThat(gradients.values()[at + 1]).isZero();
    gradients.values()[at] = 7;
    assertThat(gradients.values()[gradients.offset(49)]).isEqualTo(7);
  }
}
