package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KafkaClientFileTest {
  @TempDir private Path folder;

  private Map<String, Object> client(String... lines) throws IOException {
    Path file = Files.write(folder.resolve("client.properties"), List.of(lines));
    return KafkaClientFile.client("kafka:9092", Optional.of(file));
  }

  @Test
  void whatClientsShareIsTaken() throws IOException {
    assertThat(KafkaClientFile.client("kafka:9092", Optional.empty()))
        .isEqualTo(Map.of("bootstrap.servers", "kafka:9092"));
    assertThat(
            client(
                "# ours",
                "bootstrap.servers=kafka:9092",
                "security.protocol = SASL_SSL",
                "sasl.jaas.config=a required username=\"ä\";",
                "ssl.custom.provider=x",
                "request.timeout.ms=5000"))
        .isEqualTo(
            Map.of(
                "bootstrap.servers",
                "kafka:9092",
                "security.protocol",
                "SASL_SSL",
                "sasl.jaas.config",
                "a required username=\"ä\";",
                "ssl.custom.provider",
                "x",
                "request.timeout.ms",
                "5000"));
  }

  @Test
  void whatIsNotTheirsIsRefusedByName() {
    assertThatThrownBy(() -> client("security.protocl=SSL"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("security.protocl, expected a setting that all Kafka clients share")
        .hasMessageEndingWith("did you mean 'security.protocol'?");
    assertThatThrownBy(() -> client("isolation.level=read_uncommitted"))
        .hasMessageContaining("isolation.level, expected a setting that all Kafka clients share");
    assertThatThrownBy(() -> client("acks=0")).hasMessageContaining("acks, expected");
    assertThatThrownBy(() -> client("bootstrap.servers=other:9092"))
        .hasMessageContaining("bootstrap.servers=other:9092, but --bootstrap says kafka:9092");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() {
    assertThatThrownBy(
            () ->
                KafkaClientFile.client("kafka:9092", Optional.of(folder.resolve("no.properties"))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no.properties")
        .hasMessageEndingWith("there is no such file, expected a properties file (name=value)");
    assertThatThrownBy(() -> client("a=\\u12"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("expected a properties file");
  }
}
