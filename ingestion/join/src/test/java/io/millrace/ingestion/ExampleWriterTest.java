package io.millrace.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.ArmLearning;
import io.millrace.event.Example;
import io.millrace.event.Served;
import io.millrace.event.ServedArm;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.junit.jupiter.api.Test;

class ExampleWriterTest {
  private static final byte[] FEATURES = {1, 2, 3};
  private static final Served SERVED =
      new Served(
          "lr",
          123456789L,
          0.25f,
          -5L,
          List.of(new ServedArm("layout", "u1", "large", 0.5)),
          new ArmLearning("layout", "own", List.of("lr", "fm")));

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();

  /** What is zero, empty or null was not written by anybody who knows of it. */
  private static void assertEverythingSet(String of, IndexedRecord record) {
    for (Schema.Field field : record.getSchema().getFields()) {
      String name = of + "." + field.name();
      Object value = record.get(field.pos());
      assertThat(value)
          .as("%s, which the join is to write", name)
          .isNotNull()
          .isNotIn("", 0, 0L, 0f, 0.0, false);
      if (value instanceof IndexedRecord inner) {
        assertEverythingSet(name, inner);
      } else if (value instanceof ByteBuffer bytes) {
        assertThat(bytes.remaining()).as(name).isPositive();
      }
    }
  }

  @Test
  void everyFieldOfTheSchemaIsWritten() {
    byte[] body = new ImpressionBody().encode(FEATURES, SERVED);
    byte[] positive =
        new ExampleWriter(registry)
            .write(
                new LabelledImpression(
                    "i1", "click", 1_000, 0, 7, true, 2_000, 12.5, body, false, 3_000, 10));
    byte[] correction =
        new ExampleWriter(registry)
            .write(
                new LabelledImpression(
                    "i1", "click", 1_000, 0, 7, false, 2_000, 12.5, body, true, 3_000, 10));
    Example whole = new AvroWire(registry).decode(positive, Example.class);
    Example corrected = new AvroWire(registry).decode(correction, Example.class);
    assertThat(whole.getCorrectedLabel()).isNull();
    // A label and the label that it corrects are not 1 both.
    whole.setCorrectedLabel(corrected.getCorrectedLabel());
    assertEverythingSet("Example", whole);
  }

  /** Join states of before hold bodies: if this fails, {@link JoinStateFormat} needs a version. */
  @Test
  void aBodyThatWasStoredIsStillRead() {
    String withoutArms = "06 01 02 03 02 04 6c 72 aa b4 de 75 00 00 80 3e 09";
    String arms = " 02 0c 6c 61 79 6f 75 74 04 75 31 0a 6c 61 72 67 65 00 00 00 00 00 00 e0 3f 00";
    String learning = " 02 0c 6c 61 79 6f 75 74 06 6f 77 6e 04 04 6c 72 04 66 6d 00";
    assertThat(new ImpressionBody().encode(FEATURES, SERVED))
        .isEqualTo(bytes(withoutArms + arms + learning));
    Served none = new Served("lr", 123456789L, 0.25f, -5L, List.of(), null);
    Served withArms = new Served("lr", 123456789L, 0.25f, -5L, SERVED.getArms(), null);
    assertThat(ImpressionBody.ofBefore(bytes(withoutArms + arms), 1))
        .isEqualTo(new ImpressionBody().encode(FEATURES, withArms));
    assertThat(ImpressionBody.ofBefore(bytes(withoutArms), 2))
        .isEqualTo(new ImpressionBody().encode(FEATURES, none));
    assertThat(ImpressionBody.ofBefore(bytes("06 01 02 03 00"), 2))
        .isEqualTo(new ImpressionBody().encode(FEATURES, null));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.ofDelimiter(" ").parseHex(hex);
  }
}
