package io.millrace.parameters;

import io.millrace.broker.EmbeddedKafka;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Creates and deletes topics of one partition. */
final class TestTopic {
  private TestTopic() {}

  static void create(EmbeddedKafka kafka, String name, Map<String, String> configs)
      throws Exception {
    try (Admin admin = Admin.create(kafka.client())) {
      admin.createTopics(List.of(new NewTopic(name, 1, (short) 1).configs(configs))).all().get();
    }
  }

  static void delete(EmbeddedKafka kafka, String name) throws Exception {
    try (Admin admin = Admin.create(kafka.client())) {
      admin.deleteTopics(List.of(name)).all().get();
    }
  }
}
