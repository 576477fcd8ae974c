package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.EventDecoder;
import io.millrace.ingestion.Origin;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** Decodes in the source, so that watermarks and join see the same event, decoded once. */
final class ArrivalDeserializer implements KafkaRecordDeserializationSchema<Arrival> {
  private static final long serialVersionUID = 1;

  private final RegistryFactory registry;
  private final int maxEventBytes;
  private transient @Nullable EventDecoder decoder;

  ArrivalDeserializer(RegistryFactory registry, int maxEventBytes) {
    this.registry = registry;
    this.maxEventBytes = maxEventBytes;
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    var opened = registry.open();
    decoder = new EventDecoder(opened, maxEventBytes, System::currentTimeMillis);
    context
        .getUserCodeClassLoader()
        .registerReleaseHookIfAbsent(
            "millrace-ingestion-registry-" + System.identityHashCode(this), opened::close);
  }

  @Override
  @SuppressWarnings("NullAway") // open comes first
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<Arrival> out) {
    out.collect(
        decoder.decode(
            new Origin(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key(),
                record.value())));
  }

  @Override
  public TypeInformation<Arrival> getProducedType() {
    return ImmutableType.ARRIVAL;
  }
}
