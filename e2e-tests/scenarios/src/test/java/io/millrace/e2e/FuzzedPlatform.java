package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.registry.KafkaSchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.AvroWire;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** {@code millrace up} in a process of 1 GB of heap, and what its users write to it. */
final class FuzzedPlatform implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final Pattern SERVER = Pattern.compile("server and console (\\S+)");
  private static final Pattern KAFKA = Pattern.compile("Kafka (\\S+)");

  /** What the log says when a job fails, or the server does. */
  private static final List<String> FAILURES =
      List.of(
          " ERROR ",
          "to FAILED",
          "to RESTARTING",
          "OutOfMemoryError",
          "StackOverflowError",
          "Uncaught");

  /** How a broker logs a record that is larger than its topic takes. */
  private static final Pattern KAFKA_REFUSES = Pattern.compile("Error processing append operation");

  private final Path folder;
  private final MillraceProcess process;
  private final URI server;
  private final Map<String, Object> client;
  private final KafkaSchemaRegistry registry;
  private final AvroWire wire;
  private final Map<FuzzEvents.Via, KafkaProducer<byte[], byte[]>> producers =
      new EnumMap<>(FuzzEvents.Via.class);

  private FuzzedPlatform(Path folder, MillraceProcess process, String server, String kafka) {
    this.folder = folder;
    this.process = process;
    this.server = URI.create(server);
    this.client = Map.of("bootstrap.servers", kafka);
    this.registry = new KafkaSchemaRegistry(client(), Topics.DEFAULT.schemas(), Clock.systemUTC());
    this.wire = new AvroWire(registry);
  }

  /** Starts one in a folder, which is made. */
  static FuzzedPlatform start(Path folder, Duration window, String model)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path schema = Files.writeString(folder.resolve("schema.avsc"), FuzzWorld.SCHEMA_TEXT);
    MillraceProcess process =
        MillraceProcess.start(
            folder,
            "up",
            "--schema",
            schema.toString(),
            "--model",
            model,
            "--port",
            "0",
            "--registry-port",
            "-1",
            "--attribution-window",
            String.valueOf(window.toSeconds()),
            "--data-dir",
            folder.resolve("data").toString());
    process.awaitOutput("Ctrl-C stops", LIMIT);
    String output = process.outputSoFar();
    return new FuzzedPlatform(folder, process, found(SERVER, output), found(KAFKA, output));
  }

  private static String found(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    if (!matcher.find()) {
      throw new IllegalStateException("no '" + pattern + "' in: " + output);
    }
    return matcher.group(1);
  }

  Map<String, Object> client() {
    return new HashMap<>(client);
  }

  KafkaSchemaRegistry registry() {
    return registry;
  }

  AvroWire wire() {
    return wire;
  }

  URI server() {
    return server;
  }

  boolean runs() throws InterruptedException {
    return !process.awaitExit(Duration.ZERO);
  }

  JsonNode status() throws IOException, InterruptedException {
    return new Api(server).get("/v1/status").body();
  }

  /** Writes a record to impressions or clicks; may be called by one thread at a time. */
  void send(FuzzEvents.Out out, Callback callback) {
    Topics topics = Topics.DEFAULT;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            out.click() ? topics.clicks() : topics.impressions(),
            null,
            out.key(),
            out.value(),
            out.headers());
    KafkaProducer<byte[], byte[]> producer =
        producers.computeIfAbsent(out.via(), this::newProducer);
    boolean transaction =
        out.via() == FuzzEvents.Via.ABORTED || out.via() == FuzzEvents.Via.COMMITTED;
    if (transaction) {
      producer.beginTransaction();
    }
    var unused = producer.send(record, callback);
    if (out.via() == FuzzEvents.Via.ABORTED) {
      producer.flush();
      producer.abortTransaction();
    } else if (transaction) {
      producer.commitTransaction();
    }
  }

  private KafkaProducer<byte[], byte[]> newProducer(FuzzEvents.Via via) {
    Map<String, Object> config = client();
    config.put("max.request.size", 64 << 20);
    config.put("buffer.memory", 256L << 20);
    config.put("linger.ms", 5);
    switch (via) {
      case GZIP, SNAPPY, LZ4, ZSTD -> {
        config.put("compression.type", via.name().toLowerCase(java.util.Locale.ROOT));
        config.put("batch.size", 64 << 20);
        config.put("linger.ms", 500);
      }
      case ABORTED, COMMITTED -> config.put("transactional.id", "fuzz-" + via);
      case PLAIN -> {}
    }
    KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    if (via == FuzzEvents.Via.ABORTED || via == FuzzEvents.Via.COMMITTED) {
      producer.initTransactions();
    }
    return producer;
  }

  void flush() {
    producers.values().forEach(KafkaProducer::flush);
  }

  /** What went wrong by the process, its terminal and its log; empty if nothing did. */
  List<String> failures() throws IOException, InterruptedException {
    List<String> failures = new ArrayList<>();
    if (!runs()) {
      failures.add("the process has ended with status " + process.exitStatus());
    }
    process
        .outputSoFar()
        .lines()
        .filter(line -> line.startsWith("millrace:") || line.contains("OutOfMemory"))
        .limit(5)
        .forEach(line -> failures.add("terminal: " + line));
    Path logs = folder.resolve("data").resolve("logs");
    try (Stream<Path> files = Files.list(logs)) {
      for (Path file : files.toList()) {
        try (Stream<String> lines = Files.lines(file, java.nio.charset.StandardCharsets.UTF_8)) {
          lines
              .filter(line -> !KAFKA_REFUSES.matcher(line).find())
              .filter(line -> FAILURES.stream().anyMatch(line::contains))
              .limit(5)
              .forEach(line -> failures.add(file.getFileName() + ": " + line));
        }
      }
    }
    return failures;
  }

  /** The first part that does not run, in words. */
  static Optional<String> badPart(JsonNode status) {
    for (JsonNode part : status.path("parts")) {
      String state = part.path("state").asText();
      if (!state.equals("running") && !state.equals("starting")) {
        return Optional.of(part.toString());
      }
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    // What cannot be written any more is not waited for.
    producers.values().forEach(producer -> producer.close(Duration.ofSeconds(1)));
    registry.close();
    process.close();
  }
}
