package io.millrace.ingestion.job;

import java.nio.ByteBuffer;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Values as bytes, of one poll no more than a bound and one value. Kafka bounds what it fetches,
 * but not what that is when unpacked: a batch of 60 kB may hold a gigabyte.
 *
 * <p>Beyond the bound it throws, for which a consumer has this contract: what was read before is
 * returned, and the next poll begins with the record that could not be read. Used by one thread.
 */
final class BoundedBytes extends ByteArrayDeserializer {
  private final long most;
  private long read;

  /**
   * @param most bytes of a poll, to which one value is added
   */
  BoundedBytes(long most) {
    this.most = most;
  }

  /** To be called before each poll. */
  void begin() {
    read = 0;
  }

  @Override
  public byte[] deserialize(String topic, Headers headers, ByteBuffer data) {
    if (read > most) {
      throw new SerializationException(
          topic + ": " + read + " bytes in one poll, expected at most " + most);
    }
    read += data == null ? 0 : data.remaining();
    return super.deserialize(topic, headers, data);
  }
}
