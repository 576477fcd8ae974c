package io.millrace.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.registry.RegistryService;
import io.millrace.schema.SchemaRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Answers as Apicurio does, or differs as the recording says and for the reason that it gives.
 *
 * <p>The recording, {@code apicurio-answers.jsonl}, has a line for each of {@link PeerRequest#all}:
 * {@code method}, {@code path}, {@code body}, {@code peer} (Apicurio's answer, as {@link PeerSide}
 * makes it plain) and, where this registry answers otherwise, {@code here} and {@code reason}.
 * {@code -Dmillrace.peer=true} asks a live Apicurio, too, whether it still answers so.
 */
class PeerComparisonTest {
  private static final String RECORDING = "apicurio-answers.jsonl";

  private static List<JsonNode> recorded() throws IOException {
    try (InputStream in = PeerComparisonTest.class.getResourceAsStream(RECORDING)) {
      List<JsonNode> lines = new ArrayList<>();
      for (String line :
          new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
              .split("\n")) {
        lines.add(Http.MAPPER.readTree(line));
      }
      return lines;
    }
  }

  @Test
  void answersAsApicurioOrDiffersForAReason() throws Exception {
    List<JsonNode> lines = recorded();
    List<String> unexpected = new ArrayList<>();
    try (RegistryService registry = RegistryService.inMemory(SchemaRules.NONE);
        RegistryServer server = RegistryServer.start(RegistryServerConfig.local(0), registry)) {
      PeerSide ours = new PeerSide("http://127.0.0.1:" + server.port());
      for (JsonNode line : lines) {
        String expected = (line.has("here") ? line.get("here") : line.get("peer")).asText();
        String answer = ours.answer(request(line));
        if (!answer.equals(expected)) {
          unexpected.add("%s%n  here %s%n  expected %s".formatted(request(line), answer, expected));
        }
      }
    }
    assertThat(unexpected).isEmpty();
  }

  @Test
  void theRecordingIsWhole() throws Exception {
    List<JsonNode> lines = recorded();
    assertThat(lines.stream().map(PeerComparisonTest::request)).isEqualTo(PeerRequest.all());
    for (JsonNode line : lines) {
      assertThat(line.has("here")).as(line.toString()).isEqualTo(line.has("reason"));
      assertThat(line.path("here").asText()).isNotEqualTo(line.path("peer").asText());
    }
    assertThat(lines).hasSizeGreaterThan(300);
    assertThat(lines.stream().filter(line -> line.has("reason"))).hasSize(55);
  }

  @Test
  @EnabledIfSystemProperty(named = "millrace.peer", matches = "true")
  void apicurioStillAnswersSo() throws Exception {
    Path written = Path.of("target", RECORDING);
    StringBuilder answers = new StringBuilder();
    List<String> changed = new ArrayList<>();
    try (ApicurioServer apicurio = ApicurioServer.start()) {
      PeerSide theirs = new PeerSide(apicurio.url());
      for (JsonNode line : recorded()) {
        String answer = theirs.answer(request(line));
        if (!answer.equals(line.path("peer").asText())) {
          changed.add(
              "%s%n  now %s%n  recorded %s".formatted(request(line), answer, line.path("peer")));
        }
        answers.append(((ObjectNode) line).put("peer", answer)).append('\n');
      }
    }
    Files.writeString(written, answers);
    assertThat(changed).as("now in " + written).isEmpty();
  }

  private static PeerRequest request(JsonNode line) {
    return new PeerRequest(
        line.path("method").asText(), line.path("path").asText(), line.path("body").asText());
  }
}
