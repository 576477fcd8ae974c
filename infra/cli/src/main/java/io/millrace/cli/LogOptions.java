package io.millrace.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The Kafka of a platform. */
final class LogOptions {
  @Sets("kafka.port")
  @Option(
      names = "--kafka-port",
      description =
          "Of the broker in this process (default: the one that the data directory remembers).")
  private @Nullable String port;

  @Sets("kafka.bootstrap")
  @Option(
      names = "--bootstrap",
      description = "A Kafka of your own, host:port,...; without it a broker is started here.")
  private @Nullable String bootstrap;

  @Sets("kafka.clientConfig")
  @Option(
      names = "--client-config",
      paramLabel = "FILE",
      description =
          "Properties file with what clients of --bootstrap need beside (TLS, SASL), as Kafka's own"
              + " tools take it.")
  private @Nullable String clientConfig;

  @Sets("kafka.replication")
  @Option(
      names = "--replication",
      description = "Copies of topics that are created with --bootstrap (default: 1).")
  private @Nullable String replication;

  @Sets("kafka.retention")
  @Option(
      names = "--retention",
      description =
          "How long impressions, clicks, examples and rejected events are kept, as 30s, 90m, 12h or"
              + " 7d (default: what their topics say; Kafka's own is 7d).")
  private @Nullable String retention;

  @Sets("kafka.acceptLostEvents")
  @Option(
      names = "--accept-lost-events",
      description =
          "Go on with what there is where events that were to be read next are no longer in Kafka.")
  private boolean acceptLostEvents;
}
