package io.millrace.ingestion.job;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/** What the serializers of immutable values have in common: nothing is ever copied. */
abstract class ImmutableSerializer<T> extends TypeSerializerSingleton<T> {
  private static final long serialVersionUID = 1;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  @SuppressWarnings("NullAway") // Flink allows null: there is nothing to reuse.
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }

  static void writeBytes(byte @Nullable [] bytes, DataOutputView target) throws IOException {
    target.writeInt(bytes == null ? -1 : bytes.length);
    if (bytes != null) {
      target.write(bytes);
    }
  }

  static byte @Nullable [] readBytes(DataInputView source) throws IOException {
    int length = source.readInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    source.readFully(bytes);
    return bytes;
  }

  static byte[] readNonNullBytes(DataInputView source) throws IOException {
    byte[] bytes = readBytes(source);
    if (bytes == null) {
      throw new IOException("bytes: null, expected an array");
    }
    return bytes;
  }
}
