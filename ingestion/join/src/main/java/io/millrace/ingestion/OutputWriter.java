package io.millrace.ingestion;

import io.millrace.event.IngestionCounts;
import io.millrace.event.Progress;
import io.millrace.event.RejectedEvent;
import io.millrace.event.WaitsFor;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.OptionalLong;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** Encodes what the join emits, in wire format, each by its schema. Not thread-safe. */
public final class OutputWriter {
  private final AvroWire wire;
  private final ExampleWriter examples;

  /** Registers the schemas of what goes to {@code examples}. */
  public OutputWriter(SchemaRegistry registry) {
    wire = new AvroWire(registry);
    examples = new ExampleWriter(registry);
    var unused =
        registry.register(Progress.getClassSchema().getFullName(), Progress.getClassSchema());
  }

  /** The Example. */
  public byte[] example(LabelledImpression example) {
    return examples.write(example);
  }

  /**
   * A Progress record for {@code examples}, which ends the step that learners are at.
   *
   * @param eventTime the join's watermark; {@link Long#MAX_VALUE} after the last example
   */
  public byte[] progress(long eventTime) {
    return wire.encode(new Progress(Instant.ofEpochMilli(eventTime)));
  }

  /**
   * The RejectedEvent.
   *
   * @param maxBytes if it would be longer, it is kept without the event's bytes, and says so
   */
  public byte[] rejected(Rejection rejection, long rejectedTime, int maxBytes) {
    Origin origin = rejection.origin();
    byte[] whole =
        rejected(rejection, rejection.detail(), rejectedTime, origin.key(), origin.value());
    if (whole.length <= maxBytes) {
      return whole;
    }
    String detail =
        "%s; the event's %d bytes are not kept: the record would have %d, expected at most %d"
            .formatted(
                rejection.detail(),
                origin.value() == null ? 0 : origin.value().length,
                whole.length,
                maxBytes);
    return rejected(rejection, detail, rejectedTime, null, null);
  }

  private byte[] rejected(
      Rejection rejection,
      String detail,
      long rejectedTime,
      byte @Nullable [] key,
      byte @Nullable [] value) {
    Origin origin = rejection.origin();
    SpecificRecord event =
        RejectedEvent.newBuilder()
            .setReason(rejection.reason().code())
            .setDetail(detail)
            .setTopic(origin.topic())
            .setPartition(origin.partition())
            .setOffset(origin.offset())
            .setRejectedTime(Instant.ofEpochMilli(rejectedTime))
            .setOriginalKey(wrap(key))
            .setOriginalValue(wrap(value))
            .build();
    return wire.encode(event);
  }

  /** The IngestionCounts. */
  public byte[] counts(JoinCounts counts, IngestionProgress progress, long countedTime) {
    WaitsFor waitsFor =
        progress
            .holder()
            .map(
                held ->
                    new WaitsFor(
                        held.topic(),
                        held.partition(),
                        held.seconds(),
                        held.lag(),
                        instant(held.eventTime())))
            .orElse(null);
    SpecificRecord event =
        new IngestionCounts(
            Instant.ofEpochMilli(countedTime),
            counts.totals().byName(),
            instant(progress.eventTime()),
            progress.lag(),
            waitsFor);
    return wire.encode(event);
  }

  private static @Nullable Instant instant(OptionalLong millis) {
    return millis.isPresent() ? Instant.ofEpochMilli(millis.getAsLong()) : null;
  }

  private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }
}
