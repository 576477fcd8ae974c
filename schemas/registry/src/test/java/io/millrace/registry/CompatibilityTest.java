package io.millrace.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schema.CompatibilityLevel;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {
  private static final long SEED = 20_260_101;
  private static final int PAIRS = Integer.getInteger("millrace.pairs", 5_000);

  /**
   * The verdict of each level is what Avro says of the pairs that the level stands for. {@code
   * -Dmillrace.pairs=1000000} is the long form.
   */
  @Test
  void verdictsAreThoseOfAvroInEveryLevel() {
    SchemaPairs pairs = new SchemaPairs(SEED);
    int[] compatible = new int[CompatibilityLevel.values().length];
    for (int i = 0; i < PAIRS; i++) {
      Schema first = pairs.schema();
      Schema second = pairs.descendant(first);
      Schema newer = pairs.descendant(i % 2 == 0 ? first : second);
      boolean readsFirst = reads(newer, first);
      boolean readsSecond = reads(newer, second);
      boolean readByFirst = reads(first, newer);
      boolean readBySecond = reads(second, newer);
      for (CompatibilityLevel level : CompatibilityLevel.values()) {
        boolean expected =
            switch (level) {
              case NONE -> true;
              case BACKWARD -> readsSecond;
              case BACKWARD_TRANSITIVE -> readsSecond && readsFirst;
              case FORWARD -> readBySecond;
              case FORWARD_TRANSITIVE -> readBySecond && readByFirst;
              case FULL -> readsSecond && readBySecond;
              case FULL_TRANSITIVE -> readsSecond && readBySecond && readsFirst && readByFirst;
            };
        boolean found =
            Compatibility.incompatibilities(newer, List.of(first, second), level).isEmpty();
        if (found != expected) {
          assertThat(found)
              .as("seed %d pair %d, %s: %s after %s, %s", SEED, i, level, newer, first, second)
              .isEqualTo(expected);
        }
        compatible[level.ordinal()] += found ? 1 : 0;
      }
    }
    // A generator that made only one verdict would prove nothing.
    System.out.printf("of %d pairs compatible: %s%n", PAIRS, Arrays.toString(compatible));
    for (CompatibilityLevel level : CompatibilityLevel.values()) {
      assertThat(compatible[level.ordinal()])
          .as(level.name())
          .isBetween(PAIRS / 20, level == CompatibilityLevel.NONE ? PAIRS : PAIRS * 19 / 20);
    }
  }

  private static boolean reads(Schema reader, Schema writer) {
    try {
      return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType()
          == SchemaCompatibilityType.COMPATIBLE;
    } catch (AvroRuntimeException e) {
      return false; // aliases that lead to several fields: Avro does not decide
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'record','name':'a','fields':[{'name':'x','type':'int'}]} | {'type':'record','name':'a','fields':[]} | READER_FIELD_MISSING_DEFAULT_VALUE at /fields/0: field x has no default",
        "{'type':'enum','name':'e','symbols':['A']} | {'type':'enum','name':'e','symbols':['A','B']} | MISSING_ENUM_SYMBOLS at /symbols: enum symbols [B] are missing",
        "['null','int'] | ['null','string'] | MISSING_UNION_BRANCH at /1",
        "'int' | 'string' | TYPE_MISMATCH at /",
        "{'type':'fixed','name':'f','size':2} | {'type':'fixed','name':'f','size':3} | FIXED_SIZE_MISMATCH at /size",
        "{'type':'record','name':'a','fields':[]} | {'type':'record','name':'b','fields':[]} | NAME_MISMATCH at /name",
        "{'type':'record','name':'a','fields':[{'name':'x','aliases':['y'],'type':'int'}]} | {'type':'record','name':'a','fields':[{'name':'x','type':'int'},{'name':'y','type':'int'}]} | UNDECIDED: Reader record field x"
      })
  void saysWhatDoesNotFitAndWhere(String reader, String writer, String reason) {
    Schema newer = new Schema.Parser().parse(reader.replace('\'', '"'));
    Schema older = new Schema.Parser().parse(writer.replace('\'', '"'));
    assertThat(Compatibility.incompatibilities(newer, List.of(older), CompatibilityLevel.BACKWARD))
        .first()
        .asString()
        .startsWith(reason)
        .endsWith("(the new schema cannot read data of the older one)");
    assertThat(Compatibility.incompatibilities(older, List.of(newer), CompatibilityLevel.FORWARD))
        .first()
        .asString()
        .startsWith(reason)
        .endsWith("(the older schema cannot read data of the new one)");
    assertThat(Compatibility.incompatibilities(newer, List.of(), CompatibilityLevel.FULL))
        .isEmpty();
  }
}
