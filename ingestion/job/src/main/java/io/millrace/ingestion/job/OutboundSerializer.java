package io.millrace.ingestion.job;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Key and value, each as i32 length and bytes. Used between tasks only, never stored. */
public final class OutboundSerializer extends ImmutableSerializer<Outbound> {
  private static final long serialVersionUID = 1;

  @Override
  public void serialize(Outbound record, DataOutputView target) throws IOException {
    writeBytes(record.key(), target);
    writeBytes(record.value(), target);
  }

  @Override
  public Outbound deserialize(DataInputView source) throws IOException {
    return new Outbound(readNonNullBytes(source), readNonNullBytes(source));
  }

  @Override
  public TypeSerializerSnapshot<Outbound> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serializer in a checkpoint. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Outbound> {
    public Snapshot() {
      super(OutboundSerializer::new);
    }
  }
}
