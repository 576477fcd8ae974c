package io.millrace.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.jspecify.annotations.Nullable;

/**
 * A real Kafka broker and controller (KRaft) in this JVM, listening on the loopback address. Its
 * log survives the process: starting again on the same folder goes on where it ended, also after a
 * kill. One object keeps its address from one start to the next.
 */
public final class EmbeddedKafka implements AutoCloseable {
  private final Path logDirectory;
  private final String clusterId;
  private final Map<String, String> settings;
  private final String address;
  private final String controllerAddress = "127.0.0.1:" + freePort();
  private @Nullable KafkaRaftServer server;

  /**
   * A broker, not started yet.
   *
   * @param logDirectory holds the broker's log and metadata
   * @param clusterId the same at each start on one folder; see {@link #newClusterId}
   */
  public EmbeddedKafka(Path logDirectory, String clusterId) {
    this(logDirectory, clusterId, Map.of());
  }

  /**
   * A broker with settings of its own, not started yet.
   *
   * @param logDirectory holds the broker's log and metadata
   * @param clusterId the same at each start on one folder; see {@link #newClusterId}
   * @param settings Kafka's broker settings by name; they precede those of this class
   */
  public EmbeddedKafka(Path logDirectory, String clusterId, Map<String, String> settings) {
    this(logDirectory, clusterId, settings, freePort());
  }

  /**
   * A broker on a given port, not started yet.
   *
   * @param settings as above
   * @param port of 127.0.0.1, 1 to 65535
   */
  public EmbeddedKafka(
      Path logDirectory, String clusterId, Map<String, String> settings, int port) {
    this.address = "127.0.0.1:" + port;
    this.logDirectory = logDirectory;
    this.clusterId = clusterId;
    this.settings = Map.copyOf(settings);
  }

  /** A new random cluster id. */
  public static String newClusterId() {
    return Uuid.randomUuid().toString();
  }

  /**
   * Starts the broker, for the first time or after {@link #close}.
   *
   * @return this
   * @throws IllegalStateException if it runs already, or the folder is not this cluster's
   */
  public EmbeddedKafka start() {
    if (server != null) {
      throw new IllegalStateException("the broker at %s runs already".formatted(address));
    }
    format();
    KafkaRaftServer starting =
        new KafkaRaftServer(KafkaConfig.fromProps(properties()), Time.SYSTEM);
    starting.startup();
    server = starting;
    return this;
  }

  private Properties properties() {
    Properties p = new Properties();
    p.put("process.roles", "broker,controller");
    p.put("node.id", "1");
    p.put("listeners", "PLAINTEXT://" + address + ",CONTROLLER://" + controllerAddress);
    p.put("advertised.listeners", "PLAINTEXT://" + address);
    p.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    p.put("controller.listener.names", "CONTROLLER");
    p.put("inter.broker.listener.name", "PLAINTEXT");
    p.put("controller.quorum.voters", "1@" + controllerAddress);
    p.put("log.dirs", logDirectory.toString());
    p.put("offsets.topic.replication.factor", "1");
    p.put("offsets.topic.num.partitions", "1");
    p.put("transaction.state.log.replication.factor", "1");
    p.put("transaction.state.log.min.isr", "1");
    p.put("transaction.state.log.num.partitions", "1");
    p.put("share.coordinator.state.topic.replication.factor", "1");
    p.put("share.coordinator.state.topic.min.isr", "1");
    p.put("group.initial.rebalance.delay.ms", "0");
    p.put("auto.create.topics.enable", "false");
    p.put("num.network.threads", "2");
    p.put("num.io.threads", "2");
    p.put("num.recovery.threads.per.data.dir", "2");
    // One request must carry the largest event that a topic of Millrace may take.
    p.put("socket.request.max.bytes", Integer.toString(128 << 20));
    p.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    p.put("log.cleaner.threads", "1");
    p.putAll(settings);
    return p;
  }

  private void format() {
    Formatter formatter =
        new Formatter()
            .setPrintStream(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
            .setClusterId(clusterId)
            .setNodeId(1)
            .setControllerListenerName("CONTROLLER")
            .setIgnoreFormatted(true)
            .addDirectory(logDirectory.toString())
            .setMetadataLogDirectory(logDirectory.toString());
    try {
      formatter.run();
    } catch (Exception e) {
      throw new IllegalStateException("cannot format Kafka's log directory " + logDirectory, e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** host:port for clients in this machine, known before the start. */
  public String bootstrapServers() {
    return address;
  }

  /** Properties for Kafka clients; a new map at each call, to be added to. */
  public Map<String, Object> client() {
    return new HashMap<>(Map.of("bootstrap.servers", address));
  }

  /** Stops the broker if it runs; its log stays. */
  @Override
  public void close() {
    KafkaRaftServer running = server;
    if (running != null) {
      server = null;
      running.shutdown();
      running.awaitShutdown();
    }
  }
}
