package io.millrace.serving.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.learner.ModelKind;
import io.millrace.ranking.ServedFixture;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page of metrics keeps to what Prometheus expects of names, units, help and types. */
class MetricsConventionsTest {
  private static String page = "";

  @TempDir static Path directory;

  private static MillraceServer server;

  @BeforeAll
  static void ask() {
    server =
        Fixture.withoutKafka(
            new ServedFixture.Source(ServedFixture.version("clicks", ModelKind.LR, 42)),
            new ServedFixture.Source("empty"));
    Http http = Http.to(server);
    http.post("/v1/predict", "{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}");
    http.post("/v1/rank", "{\"candidates\":[{\"features\":{\"user_id\":\"u\",\"ad_id\":\"a\"}}]}");
    http.post("/v1/predict", "{");
    page = http.get("/metrics").body();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void promtoolFindsNothing() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool"))),
        "no promtool on the PATH (Debian's package prometheus has it)");
    Path file = Files.writeString(directory.resolve("metrics"), page);
    Process promtool =
        new ProcessBuilder("promtool", "check", "metrics")
            .redirectErrorStream(true)
            .redirectInput(file.toFile())
            .start();
    assertThat(read(promtool)).isEmpty();
    assertThat(promtool.waitFor()).isZero();
  }

  private static String read(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** What promtool 2 does not say: a family without help, or a total that may fall. */
  @Test
  void eachFamilyHasHelpAndItsNameSaysItsType() {
    List<String> helped = new ArrayList<>();
    for (String line : page.lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        assertThat(words[3]).as(line).endsWith(".");
        helped.add(words[2]);
      } else if (line.startsWith("# TYPE ")) {
        assertThat(helped).as(line).contains(words[2]);
        assertThat(words[2].endsWith("_total")).as(line).isEqualTo(words[3].equals("counter"));
        assertThat(words[2]).as(line).startsWith("millrace_").matches("[a-z_]+");
      }
    }
    assertThat(helped)
        .doesNotHaveDuplicates()
        .contains("millrace_ready", "millrace_requests_total", "millrace_freshness_seconds");
  }

  /** Names in backticks, one a row. */
  @Test
  void theReferenceListsEachFamilyAndNoOther() throws Exception {
    Path docs = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(docs.resolve("docs/reference"))) {
      docs = Objects.requireNonNull(docs.getParent());
    }
    Set<String> documented = new TreeSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `(millrace_(?!registry_)[a-z_]+)")
            .matcher(Files.readString(docs.resolve("docs/reference/metrics.md")));
    while (row.find()) {
      documented.add(row.group(1));
    }
    Set<String> served = new TreeSet<>();
    page.lines()
        .filter(line -> line.startsWith("# TYPE "))
        .forEach(line -> served.add(line.split(" ", 4)[2]));
    // Families that have no sample here: nothing was ingested, nothing rejected.
    served.addAll(
        List.of(
            "millrace_ingestion_lag",
            "millrace_ingestion_event_time_seconds",
            "millrace_ingestion_events_total",
            "millrace_events_rejected_total"));
    assertThat(documented).isEqualTo(served);
  }
}
