package io.millrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedKafkaTest {
  private static final String CLUSTER = EmbeddedKafka.newClusterId();

  @TempDir Path directory;

  private static Iterable<String> topics(EmbeddedKafka kafka) throws Exception {
    try (Admin admin = Admin.create(kafka.client())) {
      return admin.listTopics().names().get();
    }
  }

  @Test
  void itGoesOnWhereItEnded() throws Exception {
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, CLUSTER).start()) {
      String address = kafka.bootstrapServers();
      try (Admin admin = Admin.create(kafka.client())) {
        admin.createTopics(List.of(new NewTopic("kept", 1, (short) 1))).all().get();
      }
      kafka.close();
      assertThat(topics(kafka.start())).containsExactly("kept");
      assertThat(kafka.bootstrapServers()).isEqualTo(address);
      assertThatThrownBy(kafka::start)
          .hasMessage("the broker at %s runs already".formatted(address));
    }
    try (EmbeddedKafka next = new EmbeddedKafka(directory, CLUSTER).start()) {
      assertThat(topics(next)).containsExactly("kept");
    }
    try (EmbeddedKafka stranger = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId())) {
      assertThatThrownBy(stranger::start)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(directory.toString());
    }
  }

  @Test
  void aSettingPrecedesItsOwn() throws Exception {
    Map<String, String> settings = Map.of("num.io.threads", "1", "log.cleaner.backoff.ms", "77");
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, CLUSTER, settings).start();
        Admin admin = Admin.create(kafka.client())) {
      ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
      Config config =
          Objects.requireNonNull(admin.describeConfigs(List.of(broker)).all().get().get(broker));
      assertThat(config.get("num.io.threads").value()).isEqualTo("1");
      assertThat(config.get("log.cleaner.backoff.ms").value()).isEqualTo("77");
      assertThat(config.get("num.network.threads").value()).isEqualTo("2");
    }
  }
}
