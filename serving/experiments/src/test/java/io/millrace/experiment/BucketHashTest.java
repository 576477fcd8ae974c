package io.millrace.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers by another program: FNV-1a on UTF-16 in Python's integers of any size. */
class BucketHashTest {
  @ParameterizedTest
  @CsvSource({
    "ranker-2, u1, 5344, 21",
    "ranker-2, u2, 8416, 332",
    "'', anna, 4948, 739",
    "prix, jürgen, 9019, 404",
    "emoji, 😀, 2438, 230",
    "s, '', 5827, 362",
    // whose inner hash has few digits
    "'', x538596, 6915, 575"
  })
  void hashesAsAnotherProgramDoes(String seed, String unit, int bucket, int bucketOfVersion1) {
    BucketHash hash = new BucketHash(seed);
    assertThat(hash.bucket(unit)).isEqualTo(bucket);
    assertThat(hash.of(unit)).isEqualTo(bucket / 10_000.0);
    assertThat(hash.ofVersion1(unit)).isEqualTo(bucketOfVersion1 / 1000.0);
  }
}
