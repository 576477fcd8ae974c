package io.millrace.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RowMapTest {
  @Test
  void behavesLikeAHashMap() {
    SplittableRandom random = new SplittableRandom(3);
    RowMap map = new RowMap();
    Map<Long, byte[]> oracle = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      // Few low bits and many high ones: the worst for a table that masks.
      long row = (long) random.nextInt(9000) << random.nextInt(3) * 20;
      byte[] value = {(byte) i};
      map.put(row, value);
      oracle.put(row, value);
    }
    assertThat(map.size()).isEqualTo(oracle.size());
    Map<Long, byte[]> seen = new HashMap<>();
    map.forEach((row, value) -> assertThat(seen.put(row, value)).isNull());
    assertThat(seen).isEqualTo(oracle);
    oracle.forEach((row, value) -> assertThat(map.get(row)).isSameAs(value));
    assertThat(map.get(-1)).isNull();
  }

  @Test
  void forgetsWhenCleared() {
    RowMap map = new RowMap();
    for (int i = 0; i < 1000; i++) {
      map.put(i, new byte[] {1});
    }
    map.clear();
    assertThat(map.size()).isZero();
    assertThat(map.get(5)).isNull();
    map.put(5, new byte[] {2});
    assertThat(map.size()).isOne();
  }
}
