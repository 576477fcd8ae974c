package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformTest {
  @ParameterizedTest
  @CsvSource({
    "-3,-3",
    "0,0",
    "2,2",
    "3,4",
    "4,4",
    "5,5",
    "100,24",
    "1000000,193",
    "9223372036854775807,1909"
  })
  void logSquareBuckets(long value, long bucket) {
    assertThat(CategoricalTransform.LOG_SQUARE.apply(value)).isEqualTo(bucket);
  }

  @ParameterizedTest
  @CsvSource({
    "1970-01-01T00:00:00Z,0,4",
    "2017-11-07T09:30:38Z,9,2",
    "2024-02-29T23:59:59Z,23,4",
    "1969-12-31T23:00:00Z,23,3",
    "2023-12-31T12:00:00Z,12,7"
  })
  void partsOfTime(Instant time, long hour, long day) {
    assertThat(CategoricalTransform.HOUR_OF_DAY.apply(time.toEpochMilli())).isEqualTo(hour);
    assertThat(CategoricalTransform.DAY_OF_WEEK.apply(time.toEpochMilli())).isEqualTo(day);
  }

  @Test
  void numbers() {
    assertThat(new NumericTransform.None().apply(-2.5)).isEqualTo(-2.5);
    assertThat(new NumericTransform.Log1p().apply(Math.E - 1)).isEqualTo(1, within(1e-15));
    assertThat(new NumericTransform.Log1p().apply(-1)).isInfinite();
    assertThat(new NumericTransform.Sqrt().apply(9)).isEqualTo(3);
    assertThat(new NumericTransform.Sqrt().apply(-9)).isNaN();
    assertThat(new NumericTransform.Scale(10, 20).apply(15)).isEqualTo(0.5);
    assertThat(new NumericTransform.Scale(10, 20).apply(9)).isEqualTo(0);
    assertThat(new NumericTransform.Scale(10, 20).apply(99)).isEqualTo(1);
    assertThat(new NumericTransform.Standardize(10, 4).apply(2)).isEqualTo(-2);
  }

  @Test
  void parametersAreChecked() {
    assertThatThrownBy(() -> new NumericTransform.Scale(2, 2)).hasMessageContaining("min 2.0");
    assertThatThrownBy(() -> new NumericTransform.Scale(Double.NaN, 2))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new NumericTransform.Standardize(0, 0)).hasMessageContaining("std");
  }

  @Test
  void combiners() {
    assertThat(Combiner.SUM.weight(4)).isEqualTo(1f);
    assertThat(Combiner.MEAN.weight(4)).isEqualTo(0.25f);
    assertThat(Combiner.SQRTN.weight(4)).isEqualTo(0.5f);
  }
}
