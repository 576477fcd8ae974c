package io.millrace.cli;

import io.millrace.standalone.LogConfig;
import io.millrace.standalone.UserError;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The Kafka of a platform. */
final class LogOptions {
  private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})([smhd])");

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
      return new LogConfig(bootstrap, port, replication, parse(retention), acceptLostEvents);
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }

  private static @Nullable Duration parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw new UserError(
          "--retention %s: expected a whole number and s, m, h or d, as 12h".formatted(text));
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
