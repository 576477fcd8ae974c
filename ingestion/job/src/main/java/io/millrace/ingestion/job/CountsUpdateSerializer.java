package io.millrace.ingestion.job;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Difference and progress, each as i32 length and bytes. Used between tasks only, never stored. */
public final class CountsUpdateSerializer extends ImmutableSerializer<CountsUpdate> {
  private static final long serialVersionUID = 1;

  @Override
  public void serialize(CountsUpdate update, DataOutputView target) throws IOException {
    writeBytes(update.difference(), target);
    writeBytes(update.progress(), target);
  }

  @Override
  public CountsUpdate deserialize(DataInputView source) throws IOException {
    return new CountsUpdate(readNonNullBytes(source), readNonNullBytes(source));
  }

  @Override
  public TypeSerializerSnapshot<CountsUpdate> snapshotConfiguration() {
    return new Snapshot();
  }

  /** Names the serializer in a checkpoint. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<CountsUpdate> {
    public Snapshot() {
      super(CountsUpdateSerializer::new);
    }
  }
}
