package io.millrace.file;

import static io.millrace.file.FilesByHand.records;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.FeatureSchema;
import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in a single line of a file of which only parts are looked at. */
class RareColumnsTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path folder;

  /**
   * 40 MB of empty lines with rows at the beginning, and one behind the first 33 MB and a half:
   * between two of the stretches that a sample takes.
   */
  private Path file(String usual, String rare) throws IOException {
    Path file = folder.resolve("f");
    String empty = " ".repeat(1023) + "\n";
    try (Writer writer = Files.newBufferedWriter(file)) {
      for (int i = 0; i < 200; i++) {
        writer.write(usual.replace("LABEL", String.valueOf(i % 2)) + "\n");
      }
      long written = 200L * (usual.length() - 3);
      boolean done = false;
      while (written < 40L * MEGABYTE) {
        writer.write(empty);
        written += empty.length();
        if (!done && written > 33L * MEGABYTE + MEGABYTE / 2) {
          writer.write(rare + "\n");
          done = true;
        }
      }
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "LABEL 1:0.5 2:3! 1 1:0.5 7:2! f7! 2.0",
        "LABEL 0:a:1 1:b:1! 1 0:a:1 9:c:1! f9! c",
        "LABEL |u a |n price:2.5! 1 |u a |n price:3 age:4! n_age! 4.0",
        "LABEL |u a! 1 |u a |rare b! rare! b",
        "{\"label\":LABEL,\"a\":\"x\"}! {\"label\":1,\"a\":\"x\",\"b\":{\"c\":\"z1\"}}! b.c! z1"
      })
  void isAColumn(String usual, String rare, String column, String value) throws IOException {
    FilePlan plan = FilePlan.of(file(usual, rare), FileOptions.NONE);
    assertThat(plan.whole()).isFalse();
    assertThat(plan.names()).contains(column);
    FeatureSchema draft = SchemaDraft.schema(plan);
    SchemaFit fit = SchemaFit.of(draft, plan);
    List<GenericRecord> all = records(plan, draft, new Rejections());
    assertThat(all).hasSize(201);
    String field =
        draft.avro().getFields().stream()
            .map(f -> f.name())
            .filter(name -> fit.columnOf(name).equals(column))
            .findFirst()
            .orElseThrow();
    assertThat(String.valueOf(all.get(200).get(field))).isIn(value, value.replace(".0", ""));
    assertThat(all.get(0).get(field)).isNull();
  }

  @Test
  void isCounted() throws IOException {
    FilePlan plan = FilePlan.of(file("LABEL |f a b c", "1 2.0 |f a b:0.5 c"), FileOptions.NONE);
    assertThat(plan.notes())
        .contains(
            "1 of 201 rows have an importance weight other than 1, which is not used: each row counts once");
  }

  @Test
  void keysThatAreValuesAreRefused() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 10_002; i++) {
      text.append("{\"label\":%d,\"bought\":{\"item%d\":1}}\n".formatted(i % 2, i));
    }
    Path file = Files.writeString(folder.resolve("keys"), text);
    assertThatThrownBy(() -> FilePlan.of(file, FileOptions.NONE))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("more than 10,000 different keys by line 10000");
  }
}
