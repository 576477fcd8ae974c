package io.millrace.training;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of {@code examples} as one array: offset, 8 bytes big endian, then the value. */
final class OffsetAndValue implements KafkaRecordDeserializationSchema<byte[]> {
  private static final long serialVersionUID = 1;
  private static final byte[] NO_VALUE = {};

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<byte[]> out)
      throws IOException {
    byte[] value = record.value() == null ? NO_VALUE : record.value();
    out.collect(
        ByteBuffer.allocate(Long.BYTES + value.length).putLong(record.offset()).put(value).array());
  }

  static long offset(byte[] element) {
    return ByteBuffer.wrap(element).getLong();
  }

  static byte[] value(byte[] element) {
    return java.util.Arrays.copyOfRange(element, Long.BYTES, element.length);
  }

  @Override
  public TypeInformation<byte[]> getProducedType() {
    return PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
  }
}
