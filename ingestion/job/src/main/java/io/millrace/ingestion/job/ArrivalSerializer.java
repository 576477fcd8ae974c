package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.ImpressionEvent;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.OutcomeEvent;
import io.millrace.ingestion.ProgressEvent;
import io.millrace.ingestion.ReadPositions;
import io.millrace.ingestion.Rejection;
import io.millrace.wire.RejectionReason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * A kind (1 impression, 2 outcome, 3 progress, 4 rejection, 5 read positions), the origin but for
 * 5, then the fields of the kind. Used between tasks only, never stored.
 */
public final class ArrivalSerializer extends ImmutableSerializer<Arrival> {
  private static final long serialVersionUID = 1;

  @Override
  public void serialize(Arrival arrival, DataOutputView target) throws IOException {
    if (arrival instanceof ImpressionEvent impression) {
      target.writeByte(1);
      origin(impression.origin(), target);
      target.writeUTF(impression.impressionId());
      target.writeLong(impression.eventTime());
      writeBytes(impression.body(), target);
    } else if (arrival instanceof OutcomeEvent outcome) {
      target.writeByte(2);
      origin(outcome.origin(), target);
      target.writeUTF(outcome.impressionId());
      target.writeUTF(outcome.outcome());
      target.writeLong(outcome.eventTime());
      Double value = outcome.value();
      target.writeBoolean(value != null);
      if (value != null) {
        target.writeDouble(value);
      }
      target.writeBoolean(outcome.retracted());
    } else if (arrival instanceof ProgressEvent progress) {
      target.writeByte(3);
      origin(progress.origin(), target);
      target.writeLong(progress.eventTime());
    } else if (arrival instanceof ReadPositions positions) {
      target.writeByte(5);
      target.writeLong(positions.takenNanos());
      target.writeInt(positions.partitions().size());
      for (ReadPositions.Position position : positions.partitions()) {
        target.writeUTF(position.topic());
        target.writeInt(position.partition());
        target.writeLong(position.next());
        target.writeLong(position.end());
      }
    } else {
      Rejection rejection = (Rejection) arrival;
      target.writeByte(4);
      origin(rejection.origin(), target);
      target.writeInt(rejection.reason().ordinal());
      byte[] detail = rejection.detail().getBytes(java.nio.charset.StandardCharsets.UTF_8);
      writeBytes(detail, target);
    }
  }

  @Override
  public Arrival deserialize(DataInputView source) throws IOException {
    int kind = source.readByte();
    if (kind == 5) {
      return positions(source);
    }
    Origin origin =
        new Origin(
            source.readUTF(),
            source.readInt(),
            source.readLong(),
            source.readLong(),
            readBytes(source),
            readBytes(source));
    return switch (kind) {
      case 1 ->
          new ImpressionEvent(
              source.readUTF(), source.readLong(), readNonNullBytes(source), origin);
      case 2 ->
          new OutcomeEvent(
              source.readUTF(),
              source.readUTF(),
              source.readLong(),
              source.readBoolean() ? source.readDouble() : null,
              source.readBoolean(),
              origin);
      case 3 -> new ProgressEvent(source.readLong(), origin);
      case 4 ->
          new Rejection(
              RejectionReason.values()[source.readInt()],
              new String(readNonNullBytes(source), java.nio.charset.StandardCharsets.UTF_8),
              origin);
      default -> throw new IOException("arrival kind: " + kind + ", expected 1 to 5");
    };
  }

  private static ReadPositions positions(DataInputView source) throws IOException {
    long takenNanos = source.readLong();
    List<ReadPositions.Position> positions = new ArrayList<>();
    for (int n = source.readInt(); n > 0; n--) {
      positions.add(
          new ReadPositions.Position(
              source.readUTF(), source.readInt(), source.readLong(), source.readLong()));
    }
    return new ReadPositions(positions, takenNanos);
  }

  private static void origin(Origin origin, DataOutputView target) throws IOException {
    target.writeUTF(origin.topic());
    target.writeInt(origin.partition());
    target.writeLong(origin.offset());
    target.writeLong(origin.writtenTime());
    writeBytes(origin.key(), target);
    writeBytes(origin.value(), target);
  }

  @Override
  public TypeSerializerSnapshot<Arrival> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serializer in a checkpoint. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Arrival> {
    public Snapshot() {
      super(ArrivalSerializer::new);
    }
  }
}
