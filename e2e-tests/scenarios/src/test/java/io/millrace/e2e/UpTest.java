package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.standalone.DataDirectory;
import io.millrace.topic.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code millrace up} as its user starts it: who gets in, and what it says of a job that cannot
 * run.
 */
class UpTest {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String SCHEMA =
      BuiltInSchemas.load(BuiltInSchemas.AD_WORLD).avro().toString();

  private static MillraceProcess up(Path folder, String... more) throws IOException {
    return up(folder, SCHEMA, more);
  }

  private static MillraceProcess up(Path folder, String features, String[] more)
      throws IOException {
    Path schema = folder.resolve("schema.avsc");
    Files.writeString(schema, features);
    List<String> args =
        new ArrayList<>(
            List.of(
                "up",
                "--schema",
                schema.toString(),
                "--model",
                "fm",
                "--port",
                "0",
                "--registry-port",
                "0",
                "--data-dir",
                folder.resolve("data").toString()));
    args.addAll(List.of(more));
    return MillraceProcess.start(folder, args.toArray(String[]::new));
  }

  private static String value(MillraceProcess process, String name) {
    Matcher matcher = Pattern.compile(name + " (\\S+)").matcher(process.outputSoFar());
    assertThat(matcher.find()).as(process.outputSoFar()).isTrue();
    return matcher.group(1);
  }

  private static Api.Answer awaitReady(MillraceProcess process, int status) throws Exception {
    process.awaitOutput("Ctrl-C stops", PATIENCE);
    Api api = new Api(URI.create(value(process, "console")));
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Api.Answer answer = api.get("/ready");
    while (answer.status() != status && System.nanoTime() < deadline) {
      Thread.sleep(50);
      answer = api.get("/ready");
    }
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
    return answer;
  }

  @Test
  void itListensOnTheLoopbackAddressAndSaysWhatFails(@TempDir Path folder) throws Exception {
    String kafka;
    try (MillraceProcess process = up(folder)) {
      awaitReady(process, 200);
      assertThat(process.outputSoFar()).as("logs go to a file").doesNotContain("WARN: ");
      kafka = value(process, "Kafka");
      assertThat(listeners(process.pid()))
          .as("server, registry, Kafka and its controller, Flink's REST and blob server")
          .hasSizeGreaterThanOrEqualTo(6)
          .allMatch(address -> address.equals("127.0.0.1") || address.equals("::ffff:127.0.0.1"));
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("data"))))
          .isEqualTo("rwx------");
      process.kill();
    }
    try (MillraceProcess process = up(folder, "--set", "{\"stepSize\":4}")) {
      assertThat(process.outputOnExit(2, PATIENCE))
          .contains(
              "millrace: model fm: stepSize is 4, but it learns here with 1; go back to that");
    }
    addPartition(folder.resolve("data"));
    try (MillraceProcess process = up(folder)) {
      Api.Answer answer = awaitReady(process, 503);
      String reason = "Job training-fm has failed";
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!answer.body().toString().contains(reason) && System.nanoTime() < deadline) {
        Thread.sleep(50);
        answer = awaitReady(process, 503);
      }
      assertThat(answer.body().toString()).contains(reason).contains("2 partitions, expected 1");
      assertThat(value(process, "Kafka")).as("producers find it again").isEqualTo(kafka);
      assertThat(process.outputOnExit(1, PATIENCE))
          .contains("millrace: Job training-fm has failed: topic examples: 2 partitions");
    }
    try (MillraceProcess process = up(folder, SCHEMA.replace("log1p", "sqrt"), new String[0])) {
      assertThat(process.outputOnExit(2, PATIENCE))
          .contains("cannot follow its version 1 in the registry: price: ", "log1p became sqrt");
    }
  }

  /** Makes a second partition of the examples, which no learner takes. */
  private static void addPartition(Path data) throws Exception {
    try (DataDirectory directory = DataDirectory.open(data);
        EmbeddedKafka kafka =
            new EmbeddedKafka(
                    directory.kafka(), Objects.requireNonNull(directory.known("cluster.id")))
                .start();
        Admin admin = Admin.create(kafka.client())) {
      admin
          .createPartitions(Map.of(Topics.DEFAULT.examples(), NewPartitions.increaseTo(2)))
          .all()
          .get();
    }
  }

  /** Addresses of the listening TCP sockets of a process, from Linux's proc file system. */
  private static List<String> listeners(long pid) throws IOException {
    Set<String> inodes = new HashSet<>();
    try (var files = Files.list(Path.of("/proc", String.valueOf(pid), "fd"))) {
      for (Path file : files.toList()) {
        if (Files.isSymbolicLink(file)) {
          String link = Files.readSymbolicLink(file).toString();
          if (link.startsWith("socket:[")) {
            inodes.add(link.substring(8, link.length() - 1));
          }
        }
      }
    }
    List<String> addresses = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), "net", table))) {
        String[] columns = line.trim().split("\\s+");
        if (columns[3].equals("0A") && inodes.contains(columns[9])) {
          addresses.add(address(columns[1].split(":")[0]));
        }
      }
    }
    return addresses;
  }

  /** Words of 32 bits, each little endian in hexadecimal. */
  private static String address(String hex) {
    if (hex.length() == 32 && hex.startsWith("0000000000000000FFFF0000")) {
      return "::ffff:" + address(hex.substring(24));
    }
    if (hex.length() != 8) {
      return hex;
    }
    List<String> bytes = new ArrayList<>();
    for (int i = 6; i >= 0; i -= 2) {
      bytes.add(String.valueOf(Integer.parseInt(hex.substring(i, i + 2), 16)));
    }
    return String.join(".", bytes);
  }
}
