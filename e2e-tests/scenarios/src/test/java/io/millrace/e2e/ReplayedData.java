package io.millrace.e2e;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.RejectedEvent;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.standalone.DataDirectory;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a replay left in its data directory, read with nothing but a broker: no job and no server
 * runs.
 */
final class ReplayedData implements AutoCloseable {
  private final DataDirectory directory;
  private final EmbeddedKafka kafka;
  private final KafkaSchemaRegistry registry;
  private final AvroWire wire;

  ReplayedData(Path root) {
    directory = DataDirectory.open(root);
    kafka =
        new EmbeddedKafka(
                directory.kafka(), directory.fixed("cluster.id", EmbeddedKafka.newClusterId()))
            .start();
    registry = new KafkaSchemaRegistry(client(), Topics.DEFAULT.schemas(), Clock.systemUTC());
    wire = new AvroWire(registry);
  }

  private Map<String, Object> client() {
    return kafka.client();
  }

  /** The log of examples, and what was learned of it. */
  LearnedLog learned() {
    return new LearnedLog(client(), registry);
  }

  /** Rejected rows: key to reason and detail, in the order of the topic; equal ones once each. */
  List<RejectedEvent> rejected() {
    return read(Topics.DEFAULT.rejected()).stream()
        .map(record -> wire.decode(record.value(), RejectedEvent.class))
        .toList();
  }

  /** The clicks in the topic that a replay wrote: rows by number. */
  List<String> keys(String topic) {
    return read(topic).stream()
        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
        .toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    WholeTopic.read(client(), topic, records::add);
    return records;
  }

  @Override
  public void close() {
    registry.close();
    kafka.close();
    directory.close();
  }
}
