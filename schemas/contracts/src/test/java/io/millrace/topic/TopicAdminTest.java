package io.millrace.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.EmbeddedKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopicAdminTest {
  @TempDir Path directory;

  @Test
  void createsEveryTopicOnceWithItsConfiguration() throws Exception {
    Topics topics = new Topics("a-");
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start();
        Admin admin = Admin.create(kafka.client())) {
      assertThat(TopicAdmin.create(kafka.client(), topics, List.of("lr"), 2, 1))
          .containsExactlyInAnyOrderElementsOf(topics.all(List.of("lr")));
      assertThat(TopicAdmin.create(kafka.client(), topics, List.of("lr", "fm"), 2, 1))
          .containsExactly("a-learner-metrics.fm", "a-parameters.fm");

      var descriptions =
          admin.describeTopics(topics.all(List.of("lr", "fm"))).allTopicNames().get();
      assertThat(
              descriptions.values().stream()
                  .filter(d -> d.partitions().size() == 2)
                  .map(d -> d.name()))
          .containsExactlyInAnyOrder("a-impressions", "a-clicks", "a-examples", "a-rejected");
      assertThat(config(admin, "a-parameters.fm"))
          .containsEntry("cleanup.policy", "compact")
          .containsEntry("min.compaction.lag.ms", "60000")
          .containsEntry("max.message.bytes", "16777216")
          .containsEntry("message.timestamp.type", "LogAppendTime");
      assertThat(config(admin, "a-learner-metrics.fm"))
          .containsEntry("cleanup.policy", "compact")
          .containsEntry("message.timestamp.type", "LogAppendTime");
      assertThat(config(admin, "a-rejected"))
          .containsEntry("cleanup.policy", "delete")
          .containsEntry("max.message.bytes", "33554432");
      assertThat(config(admin, "a-examples"))
          .containsEntry("cleanup.policy", "delete")
          .containsEntry("message.timestamp.type", "LogAppendTime");
    }
  }

  @Test
  void saysWhatOthersTopicsHaveAgainstIt() throws Exception {
    Topics topics = new Topics("b-");
    try (EmbeddedKafka kafka = new EmbeddedKafka(directory, EmbeddedKafka.newClusterId()).start();
        Admin admin = Admin.create(kafka.client())) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("b-impressions", 3, (short) 1)
                      .configs(Map.of("cleanup.policy", "compact")),
                  new NewTopic("b-rejected", 1, (short) 1)))
          .all()
          .get();
      TopicAdmin.create(kafka.client(), topics, List.of(), 1, 1);
      assertThat(TopicAdmin.concerns(kafka.client(), topics))
          .containsExactly(
              "topic b-impressions: cleanup.policy=compact, expected delete: events with a key that"
                  + " comes again are lost",
              "topic b-impressions: message.timestamp.type=CreateTime, expected LogAppendTime: a"
                  + " producer whose clock is ahead closes label windows early",
              "topic b-rejected: max.message.bytes=1048588, expected 33554432: a larger rejected"
                  + " event is kept without its bytes");
      assertThat(TopicAdmin.largestRecord(kafka.client(), "b-examples")).isEqualTo(16 << 20);

      TopicAdmin.keepStreams(kafka.client(), topics, Duration.ofHours(12));
      assertThat(config(admin, "b-clicks")).containsEntry("retention.ms", "43200000");
      assertThat(config(admin, "b-schemas")).doesNotContainEntry("retention.ms", "43200000");
    }
  }

  @Test
  void definesATopicForEachName() {
    Topics topics = Topics.DEFAULT;
    assertThat(TopicAdmin.definitions(topics, List.of("m"), 1, 1))
        .extracting(NewTopic::name)
        .containsExactlyInAnyOrderElementsOf(topics.all(List.of("m")));
  }

  @Test
  void refusesNoPartitions() {
    assertThatThrownBy(() -> TopicAdmin.create(Map.of(), Topics.DEFAULT, List.of(), 0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("partitions: 0");
  }

  private static Map<String, String> config(Admin admin, String topic) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    Config config =
        Objects.requireNonNull(admin.describeConfigs(List.of(resource)).all().get().get(resource));
    return config.entries().stream()
        .collect(Collectors.toMap(e -> e.name(), e -> String.valueOf(e.value()), (a, b) -> a));
  }
}
