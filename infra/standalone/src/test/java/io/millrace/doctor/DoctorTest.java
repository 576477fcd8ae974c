package io.millrace.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.serving.http.ServerSettings;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.LogConfig;
import io.millrace.standalone.UpSettings;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  private static final long GIB = 1L << 30;

  @TempDir private Path folder;

  private static LogConfig kafka(String bootstrap, int replication) {
    return new LogConfig(bootstrap, Optional.empty(), 0, replication, null, false);
  }

  private static Finding.Level level(Finding finding) {
    return finding.level();
  }

  @Test
  void aHeapLeavesMemoryForTables() {
    assertThat(MachineCheck.memory(3 * GIB, 8 * GIB).level()).isEqualTo(Finding.Level.OK);
    Finding large = MachineCheck.memory(7 * GIB, 8 * GIB);
    assertThat(large.level()).isEqualTo(Finding.Level.WARNING);
    assertThat(large.words()).startsWith("heap up to 7168 MB of the machine's 8192 MB, ");
    assertThat(MachineCheck.files(1024).words())
        .isEqualTo("1024 at most, expected 4096 or more (ulimit -n)");
    assertThat(MachineCheck.files(4096).level()).isEqualTo(Finding.Level.OK);
    assertThat(MachineCheck.look()).isNotEmpty();
  }

  @Test
  void aFolderIsLookedAtAndNotMade() throws Exception {
    Path data = folder.resolve("a/b");
    assertThat(FolderCheck.look(data))
        .extracting(DoctorTest::level)
        .containsExactly(Finding.Level.OK);
    assertThat(folder.resolve("a")).doesNotExist();
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(FolderCheck.look(file.resolve("data")))
        .containsExactly(Finding.problem("data directory", file + ": a file, expected a folder"));
    assertThat(FolderCheck.space(folder, GIB - 1).words())
        .isEqualTo(folder + ": 1023 MB free, expected at least 1024 MB");
    try (DataDirectory used = DataDirectory.open(data)) {
      assertThat(FolderCheck.look(used.root()))
          .extracting(DoctorTest::level)
          .containsExactly(Finding.Level.WARNING);
    }
    assertThat(FolderCheck.look(data))
        .extracting(DoctorTest::level)
        .containsExactly(Finding.Level.OK);
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      UpSettings settings =
          UpSettings.defaults(ServerSettings.defaults().withPort(taken.getLocalPort()));
      Finding server = PortCheck.look(settings).get(0);
      assertThat(server.level()).isEqualTo(Finding.Level.PROBLEM);
      assertThat(server.what()).isEqualTo("port of the server");
      assertThat(server.words())
          .startsWith("127.0.0.1:" + taken.getLocalPort() + ": ")
          .endsWith(", expected a free one");
    }
  }

  @Test
  void brokersAreEnoughForTheCopies() {
    assertThat(KafkaCheck.brokers("k:1", 1, 1)).isEqualTo(Finding.ok("Kafka", "k:1: 1 broker"));
    assertThat(KafkaCheck.brokers("k:1", 3, 3).level()).isEqualTo(Finding.Level.OK);
    assertThat(KafkaCheck.brokers("k:1", 3, 1).level()).isEqualTo(Finding.Level.WARNING);
    assertThat(KafkaCheck.brokers("k:1", 2, 3))
        .isEqualTo(Finding.problem("Kafka", "k:1: 2 brokers, expected 3 for replication 3"));
  }

  @Test
  void settingsThatLoseDataAreNamed() {
    Map<String, String> sound =
        Map.of(
            "unclean.leader.election.enable", "false",
            "min.insync.replicas", "2",
            "transaction.max.timeout.ms", "900000");
    Map<String, String> unsound =
        Map.of(
            "unclean.leader.election.enable", "true",
            "min.insync.replicas", "1",
            "transaction.max.timeout.ms", "60000");
    assertThat(KafkaCheck.settings(sound, kafka("k:1", 3))).isEmpty();
    assertThat(KafkaCheck.settings(unsound, kafka("k:1", 3)))
        .extracting(DoctorTest::level)
        .containsExactly(Finding.Level.WARNING, Finding.Level.WARNING, Finding.Level.PROBLEM);
    assertThat(KafkaCheck.settings(unsound, kafka("k:1", 1)))
        .as("one copy has no replica that could be in sync")
        .hasSize(2);
  }

  @Test
  void noRecordIsFromTheFuture() {
    assertThat(KafkaCheck.clocks(-1, 5_000).level()).isEqualTo(Finding.Level.OK);
    assertThat(KafkaCheck.clocks(6_000, 5_000).level()).isEqualTo(Finding.Level.OK);
    assertThat(KafkaCheck.clocks(6_001, 5_000))
        .isEqualTo(
            Finding.warning(
                "clocks",
                "Kafka has stamped a record 1001 ms after this machine's time, expected none from"
                    + " the future"));
  }

  @Test
  void aKafkaIsAsked() throws Exception {
    try (EmbeddedKafka broker =
        new EmbeddedKafka(folder.resolve("kafka"), "5L6g3nShT-eMCtK--X86sw").start()) {
      Topics topics = Topics.DEFAULT;
      LogConfig config = kafka(broker.bootstrapServers(), 1);
      assertThat(KafkaCheck.look(broker.bootstrapServers(), config, topics))
          .containsExactly(Finding.ok("Kafka", broker.bootstrapServers() + ": 1 broker"));
      Map<String, Object> client = Map.of("bootstrap.servers", broker.bootstrapServers());
      TopicAdmin.create(client, topics, List.of(), 1, 1);
      try (Admin admin = Admin.create(client)) {
        admin
            .incrementalAlterConfigs(
                Map.of(
                    new ConfigResource(ConfigResource.Type.TOPIC, topics.clicks()),
                    List.of(
                        new AlterConfigOp(
                            new ConfigEntry("cleanup.policy", "compact"),
                            AlterConfigOp.OpType.SET))))
            .all()
            .get();
      }
      assertThat(KafkaCheck.look(broker.bootstrapServers(), config, topics))
          .extracting(Finding::level, Finding::what)
          .containsExactly(
              tuple(Finding.Level.OK, "Kafka"),
              tuple(Finding.Level.OK, "clocks"),
              tuple(Finding.Level.WARNING, "topic"));
    }
  }
}
