package io.millrace.ingestion.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartitionReaderTest {
  private static final int VALUE_BYTES = 6 << 20;

  /** Values that are small where they are kept and large where they are read: not all at once. */
  @Test
  void aPollIsBoundedByWhatIsUnpacked(@TempDir Path folder) throws Exception {
    String topic = Topics.DEFAULT.impressions();
    String clicks = Topics.DEFAULT.clicks();
    try (EmbeddedKafka kafka = new EmbeddedKafka(folder, EmbeddedKafka.newClusterId()).start()) {
      var unused = TopicAdmin.create(kafka.client(), Topics.DEFAULT, List.of(), 1, 1);
      Map<String, Object> config = kafka.client();
      config.put("compression.type", "zstd");
      config.put("max.request.size", 64 << 20);
      config.put("batch.size", 64 << 20);
      config.put("buffer.memory", 256 << 20);
      config.put("linger.ms", 1000);
      try (var producer =
          new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
        byte[] zeros = new byte[VALUE_BYTES];
        for (int i = 0; i < 20; i++) {
          var sent = producer.send(new ProducerRecord<>(topic, new byte[] {(byte) i}, zeros));
          var also = producer.send(new ProducerRecord<>(clicks, new byte[] {(byte) i}, zeros));
        }
      }
      Properties properties = new Properties();
      properties.putAll(kafka.client());
      properties.put("max.poll.records", "2000");
      PartitionReader reader = new PartitionReader(properties, false);
      reader.handleSplitsChanges(new SplitsAddition<>(List.of(split(topic), split(clicks))));
      List<String> read = new ArrayList<>();
      long most = 0;
      while (read.size() < 40) {
        long bytes = 0;
        RecordsWithSplitIds<PartitionReader.Read> batch = reader.fetch();
        while (batch.nextSplit() != null) {
          for (var next = batch.nextRecordFromSplit();
              next != null;
              next = batch.nextRecordFromSplit()) {
            if (next instanceof PartitionReader.Read.Event event) {
              bytes += event.record().value().length;
              read.add(event.record().topic() + event.record().key()[0]);
            }
          }
        }
        most = Math.max(most, bytes);
      }
      reader.close();

      assertThat(most).isBetween(2L * VALUE_BYTES, (32L << 20) + VALUE_BYTES);
      for (String each : List.of(topic, clicks)) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          expected.add(each + i);
        }
        assertThat(read).filteredOn(place -> place.startsWith(each)).isEqualTo(expected);
      }
    }
  }

  private static KafkaPartitionSplit split(String topic) {
    return new KafkaPartitionSplit(
        new TopicPartition(topic, 0), KafkaPartitionSplit.EARLIEST_OFFSET);
  }
}
