package io.millrace.cli;

import io.millrace.standalone.LogConfig;
import io.millrace.standalone.UserError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The Kafka of a platform. */
final class LogOptions {
  @Option(
      names = "--kafka-port",
      description =
          "Of the broker in this process (default: the one that the data directory remembers).")
  private int port;

  @Option(
      names = "--bootstrap",
      description = "A Kafka of your own, host:port,...; without it a broker is started here.")
  private @Nullable String bootstrap;

  @Option(
      names = "--replication",
      description =
          "Copies of topics that are created with --bootstrap (default: ${DEFAULT-VALUE}).")
  private int replication = 1;

  @Option(
      names = "--retention",
      description =
          "How long impressions, clicks, examples and rejected events are kept, as 30s, 90m, 12h or"
              + " 7d (default: what their topics say; Kafka's own is 7d).")
  private @Nullable String retention;

  @Option(
      names = "--accept-lost-events",
      description =
          "Go on with what there is where events that were to be read next are no longer in Kafka.")
  private boolean acceptLostEvents;

  LogConfig config() {
    if (bootstrap != null && port != 0) {
      throw new UserError(
          "--kafka-port %d and --bootstrap %s: expected one of them".formatted(port, bootstrap));
    }
    try {
      Duration kept =
          retention == null ? null : DurationText.parse("--retention " + retention, retention);
      return new LogConfig(bootstrap, port, replication, kept, acceptLostEvents);
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }
}
