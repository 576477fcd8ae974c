package io.millrace.file;

import static io.millrace.file.FilesByHand.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parquet files that DuckDB wrote, of both versions of pages and each codec. */
class ParquetRowsTest {
  @TempDir Path folder;

  private static byte[] file(String codec) throws IOException {
    try (InputStream in =
        ParquetRowsTest.class.getResourceAsStream("/parquet/" + codec + ".parquet")) {
      return Objects.requireNonNull(in).readAllBytes();
    }
  }

  private FilePlan plan(byte[] bytes) {
    return FilePlan.of(FilesByHand.write(folder, "f", bytes), FileOptions.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "gzip", "lz4_raw", "uncompressed"})
  void valuesAreThoseThatWereWritten(String codec) throws IOException {
    FilePlan plan = plan(file(codec));
    assertThat(plan.names())
        .containsExactly("id", "clicked", "user", "price", "ts", "d", "dec", "tags", "geo.city");
    List<String> expected = new ArrayList<>();
    Instant start = Instant.parse("2017-11-07T09:30:38Z");
    for (int i = 0; i < 40; i++) {
      String tags =
          i % 6 == 0 ? "null" : String.join("\u001f", List.of("a", "b", "c").subList(0, i % 4));
      expected.add(
          String.format(
              Locale.ROOT,
              "%d|%s|%d|%s|%s|2017-11-07|%.2f|%s|Köln %d",
              i,
              i % 2 == 0,
              i % 7,
              i % 5 == 0 ? "null" : String.valueOf(i * 1.5),
              start.plusSeconds(60L * i),
              i * 1.25,
              tags,
              i % 3));
    }
    assertThat(rows(plan)).isEqualTo(expected);
    assertThat(plan.columns().get(2).type()).as("a text of digits").isEqualTo(ColumnType.TEXT);
    assertThat(plan.time().get().name()).isEqualTo("ts");
  }

  @Test
  void whatIsCutIsSaidToBe() throws IOException {
    byte[] whole = file("snappy");
    assertThatThrownBy(() -> plan(Arrays.copyOf(whole, whole.length - 20)))
        .hasMessageContaining("(Parquet) ends in the middle: truncated?");
    assertThatThrownBy(
            () -> plan("PAR1 and more text".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .hasMessageContaining("(Parquet) ends in the middle: truncated?");
  }

  @Test
  void mutatedOnesAreReadOrRefused() throws IOException {
    byte[] whole = file("zstd");
    for (int seed = 0; seed < Integer.getInteger("millrace.file.mutations", 1_000); seed++) {
      Random random = new Random(seed);
      byte[] bytes = whole.clone();
      for (int k = 1 + random.nextInt(3); k > 0; k--) {
        bytes[4 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt(256);
      }
      try {
        rows(plan(bytes));
      } catch (UnusableFileException e) {
        assertThat(e).as("seed %d", seed).hasMessageNotContaining("Exception");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }
}
