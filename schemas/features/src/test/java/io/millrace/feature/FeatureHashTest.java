package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Golden vectors: models are stored under these hashes, so none may ever change. They were computed
 * with xxHash 0.8.3, the reference implementation in C, from the definition in {@link FeatureHash}.
 */
class FeatureHashTest {
  private final FeatureHash hash = FeatureHash.of("ad_id");

  @Test
  void keys() {
    assertThat(FeatureHash.key("")).isEqualTo(0x2d06800538d394c2L); // as published with XXH3
    assertThat(hash.key()).isEqualTo(0x14b01c6ac3146a00L);
  }

  @ParameterizedTest
  @CsvSource({
    "'',6e218520c98d5d8d",
    "a,aa7f574844a62009",
    "ad-17,8dcbca546d036af9",
    "Ünïcödé,3275f95d63c0d7af"
  })
  void strings(String value, String token) {
    assertThat(Long.toHexString(hash.ofString(value))).isEqualTo(token);
    byte[] padded = ("#" + value + "#").getBytes(StandardCharsets.UTF_8);
    assertThat(hash.ofUtf8(padded, 1, padded.length - 2)).isEqualTo(hash.ofString(value));
  }

  @Test
  void theLongestString() {
    assertThat(hash.ofString("x".repeat(8192))).isEqualTo(0xc67282dda7dad823L);
  }

  @ParameterizedTest
  @CsvSource({
    "0,73b79ec7fd0b7520",
    "1,5b8d0afeb8c3f7ba",
    "-1,7ffbe43c1897944f",
    "42,44acc71b167fdea",
    "9223372036854775807,488f3ebeb040fc41",
    "-9223372036854775808,f2e8b70036bcae00"
  })
  void integers(long value, String token) {
    assertThat(Long.toHexString(hash.ofLong(value))).isEqualTo(token);
  }

  @Test
  void reservedTokens() {
    assertThat(hash.numericToken()).isEqualTo(0x7ac061507d00eab4L);
    assertThat(hash.missingToken()).isEqualTo(0x0351a9796e3727eeL);
    assertThat(hash.missingToken())
        .isNotEqualTo(hash.ofString("missing"))
        .isNotEqualTo(hash.ofString(""));
  }

  @Test
  void crosses() {
    FeatureHash cross = FeatureHash.of("user_x_ad");
    long h = cross.cross(cross.key(), FeatureHash.of("user_id").ofString("u1"));
    assertThat(cross.cross(h, hash.ofString("ad-17"))).isEqualTo(0xc7fe80863d6ced3fL);
  }
}
