package io.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.Click;
import io.millrace.event.Progress;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.NumberedSchemas;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewestRecordTest {
  /** Enough for somebody to look while they are read one by one. */
  private static final long MANY = 3000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path directory;

  private static SpecificRecord progress(long time) {
    return new Progress(Instant.ofEpochMilli(time));
  }

  private static void awaitTime(NewestRecord<Progress> view, long time) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                view.newest()
                    .map(Progress::getEventTime)
                    .equals(Optional.of(Instant.ofEpochMilli(time))));
  }

  @Test
  void itWaitsForTheTopicShowsTheNewestAndSkipsWhatIsNoneOfTheContract() throws Exception {
    SchemaRegistry registry = new NumberedSchemas();
    AvroWire wire = new AvroWire(registry);
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start();
        Admin admin = Admin.create(kafka.client());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                kafka.client(), new ByteArraySerializer(), new ByteArraySerializer());
        NewestRecord<Progress> early =
            new NewestRecord<>(kafka.client(), "figures", Progress.class, () -> registry)) {
      assertThat(early.newest()).isEmpty();
      admin.createTopics(List.of(new NewTopic("figures", 1, (short) 1))).all().get();
      for (long time = 1; time <= MANY; time++) {
        var unused = producer.send(new ProducerRecord<>("figures", wire.encode(progress(time))));
      }
      producer.flush();
      awaitTime(early, MANY);
      SpecificRecord click = new Click("i", Instant.ofEpochMilli(9));
      producer.send(new ProducerRecord<>("figures", wire.encode(click))).get();
      producer.send(new ProducerRecord<>("figures", wire.encode(progress(MANY + 1)))).get();
      awaitTime(early, MANY + 1);

      Map<String, Object> oneByOne = new HashMap<>(kafka.client());
      oneByOne.put("max.poll.records", 1);
      List<Progress> seen = new CopyOnWriteArrayList<>();
      try (NewestRecord<Progress> late =
          new NewestRecord<>(oneByOne, "figures", Progress.class, () -> registry)) {
        await()
            .atMost(PATIENCE)
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(1))
            .until(
                () -> {
                  late.newest().ifPresent(seen::add);
                  return !seen.isEmpty();
                });
      }
      assertThat(seen.get(0).getEventTime().toEpochMilli())
          .as("nothing older is shown on the way")
          .isEqualTo(MANY + 1);
    }
  }
}
