package io.millrace.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.millrace.feature.FeatureSchema;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.UnusableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random tables in random dialects are read back equal, and files that are mutated at random are
 * read or refused in one sentence. {@code -Dmillrace.file.mutations=N} runs N mutations.
 */
class RandomFilesTest {
  private static final FeatureSchema SCHEMA =
      FilesByHand.schema(
          """
          {"name":"title","type":"string","feature":{"kind":"categorical"}},
          {"name":"price","type":["null","double"],"default":null,"feature":{"kind":"numeric"}},
          {"name":"age","type":["null","long"],"default":null,"feature":{"kind":"numeric"}},
          {"name":"ts","type":"long","feature":{"kind":"categorical","transform":"hour_of_day"}},
          {"name":"genres","type":{"type":"array","items":"string"},"feature":{"kind":"sequence"}}""");

  private static final String MARKS = "\"\n\r,;|:{}[]\\\0 #'-+.e0";

  @TempDir Path folder;

  static LongStream seeds() {
    return LongStream.range(0, Long.getLong("millrace.file.tables", 200));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aRandomTableIsReadBackEqual(long seed) throws IOException {
    RandomTable table = new RandomTable(seed);
    FilePlan plan = FilePlan.of(FilesByHand.write(folder, "t", table.bytes), table.options);
    Rejections rejections = new Rejections();
    List<GenericRecord> records = FilesByHand.records(plan, SCHEMA, rejections);
    String words = table.words + "\n" + plan.describe();
    assertThat(rejections.describe()).as(words).isEmpty();
    assertThat(column(records, "title")).as(words).isEqualTo(List.copyOf(table.texts));
    assertThat(records.stream().map(r -> r.get("price"))).as(words).isEqualTo(table.numbers);
    assertThat(records.stream().map(r -> r.get("age"))).as(words).isEqualTo(table.wholes);
    assertThat(records.stream().map(r -> r.get("ts"))).as(words).isEqualTo(table.times);
    assertThat(column(records, "genres"))
        .as(words)
        .isEqualTo(table.lists.stream().map(Object::toString).toList());
    List<Integer> labels = new ArrayList<>();
    List<Long> times = new ArrayList<>();
    try (RowReader rows = plan.open()) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        labels.add(row.label());
        times.add(row.time());
      }
    }
    assertThat(labels).as(words).isEqualTo(table.labels);
    assertThat(times).as(words).isEqualTo(table.times);
  }

  private static List<String> column(List<GenericRecord> records, String name) {
    return records.stream().map(r -> String.valueOf(r.get(name))).toList();
  }

  @Test
  void aMutatedFileIsReadOrRefusedInOneSentence() throws IOException {
    int mutations = Integer.getInteger("millrace.file.mutations", 1_000);
    int refused = 0;
    for (int m = 0; m < mutations; m++) {
      byte[] bytes = mutated(m);
      Path file = FilesByHand.write(folder, "m", bytes);
      try {
        FilePlan plan = FilePlan.of(file, FileOptions.NONE);
        Rejections rejections = new Rejections();
        List<GenericRecord> records =
            FilesByHand.records(plan, SchemaDraft.schema(plan), rejections);
        if (records.isEmpty() && rejections.total() == 0) {
          fail("mutation %d: nothing read and nothing said", m);
        }
      } catch (UnusableFileException e) {
        refused++;
        assertThat(e)
            .as("mutation %d", m)
            .hasMessageNotContaining("Exception")
            .message()
            .isNotBlank();
        assertThat(e.getMessage())
            .as("mutation %d", m)
            .doesNotContain("\n")
            .doesNotContain("java.");
      } catch (RuntimeException e) {
        throw new AssertionError("mutation " + m, e);
      }
    }
    assertThat(refused).isBetween(1, mutations - 1);
    System.out.println("mutations " + mutations + ", refused as a whole " + refused);
  }

  /** A random file with some of its bytes changed, left out, doubled or cut. */
  private static byte[] mutated(int mutation) throws IOException {
    Random random = new Random(mutation);
    byte[] bytes = base(random, mutation);
    for (int k = 1 + random.nextInt(4); k > 0 && bytes.length > 2; k--) {
      int at = random.nextInt(bytes.length);
      int length =
          Math.min(bytes.length - at, 1 + random.nextInt(random.nextInt(5) == 0 ? 400 : 8));
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] = (byte) MARKS.charAt(random.nextInt(MARKS.length()));
        case 2 ->
            bytes =
                joined(
                    Arrays.copyOf(bytes, at), Arrays.copyOfRange(bytes, at + length, bytes.length));
        case 3 ->
            bytes =
                joined(
                    Arrays.copyOf(bytes, at + length), Arrays.copyOfRange(bytes, at, bytes.length));
        default -> {
          if (random.nextInt(4) == 0) {
            bytes = Arrays.copyOf(bytes, at);
          }
        }
      }
    }
    return bytes;
  }

  private static byte[] base(Random random, int mutation) throws IOException {
    if (random.nextInt(4) > 0) {
      RandomTable table = new RandomTable(mutation % 997);
      return random.nextInt(4) > 0 ? table.plain : table.bytes;
    }
    StringBuilder text = new StringBuilder();
    int format = random.nextInt(4);
    for (int r = 0; r < 30; r++) {
      text.append(random.nextInt(2)).append(format == 2 ? " |u" : "");
      for (int p = format == 3 ? 1 + random.nextInt(4) : 3; p > 0; p--) {
        text.append(' ').append(format == 1 ? p + ":" : "").append(random.nextInt(50)).append(":1");
      }
      text.append('\n');
    }
    return text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] joined(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void optionsThatDoNotExistAreRefused() {
    Path file =
        FilesByHand.write(
            folder, "o", "a,clicked\n1,1\n2,0\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    for (Option option : Option.values()) {
      if (option == Option.MISSING || option == Option.POSITIVE_FROM) {
        continue;
      }
      try {
        FilePlan.of(
            file, FileOptions.NONE.with(option, option == Option.TIME_FORMAT ? "?" : "§§=§"));
        if (option != Option.TIME_FORMAT && option != Option.PLACES) {
          fail("%s took nonsense", option);
        }
      } catch (UnusableFileException e) {
        assertThat(e).message().isNotBlank();
      }
    }
  }
}
