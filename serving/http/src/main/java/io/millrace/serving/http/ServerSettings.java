package io.millrace.serving.http;

import io.millrace.embedding.RowFormat;
import io.millrace.ranking.ImpressionBuffer;
import io.millrace.schema.SubjectNames;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a user sets of a server.
 *
 * @param host the address to listen on, for example 127.0.0.1
 * @param port the port, 0 for a free one
 * @param users file of users; with it nobody else is answered but at {@code /health} (see {@code
 *     millrace registry user})
 * @param impressionWait how long an answer waits for Kafka to acknowledge its impressions
 * @param warmUp how long a model may be warmed up before the server calls it ready, zero for not at
 *     all
 * @param staleAfter how long a learning model's version may stay the same while examples wait,
 *     before its status says so
 * @param allowedOrigins hosts whose pages may use the server from a browser, beside this machine's
 *     and {@code host}'s own
 * @param subjects of the registry under which newer versions of feature schemas are looked for;
 *     <code>{record}</code> and <code>{topic}</code> stand for the full name of the record and for
 *     the topic of impressions
 * @param rowFormat how models' embedding rows are held in memory: fp32 as they are learned, fp16,
 *     int8 or int4 in less memory with rounded values
 * @param rowFormats the same for single models, by their names
 * @param limits how much is taken on at a time
 * @param impressionBuffer what is kept of impressions that Kafka has not acknowledged
 */
@RecordBuilder
public record ServerSettings(
    String host,
    int port,
    Optional<Path> users,
    Duration impressionWait,
    Duration warmUp,
    Duration staleAfter,
    Set<String> allowedOrigins,
    List<String> subjects,
    RowFormat rowFormat,
    Map<String, RowFormat> rowFormats,
    RequestLimits limits,
    ImpressionBuffer impressionBuffer)
    implements ServerSettingsBuilder.With {

  public ServerSettings {
    allowedOrigins = Set.copyOf(allowedOrigins);
    SubjectNames.check(subjects);
    subjects = List.copyOf(subjects);
    rowFormats = Map.copyOf(rowFormats);
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port: " + port + ", expected 0 (any free one) to 65535");
    }
    if (users.isEmpty() && !isLoopback(host)) {
      throw new IllegalArgumentException(
          "host: %s, expected an address of this machine alone, such as 127.0.0.1, where users are"
                  .formatted(host)
              + " not set");
    }
    if (impressionWait.isNegative() || impressionWait.isZero()) {
      throw new IllegalArgumentException(
          "impressionWait: " + impressionWait + ", expected a positive duration");
    }
    if (warmUp.isNegative()) {
      throw new IllegalArgumentException(
          "warmUp: " + warmUp + ", expected zero (none) or a positive duration");
    }
    if (staleAfter.toMillis() < 1) {
      throw new IllegalArgumentException(
          "staleAfter: " + staleAfter + ", expected a positive duration");
    }
    for (String origin : allowedOrigins) {
      if (!origin.matches("[\\w.-]+|\\[[0-9a-fA-F:.]+]")) {
        throw new IllegalArgumentException(
            "allowedOrigins: " + origin + ", expected hosts without scheme and port");
      }
    }
  }

  /** Port 8080 of 127.0.0.1, with limits for this process. */
  public static ServerSettings defaults() {
    Runtime runtime = Runtime.getRuntime();
    return defaults(runtime.maxMemory(), runtime.availableProcessors());
  }

  /**
   * The same with limits for another process.
   *
   * @param heapBytes the most that its heap may grow to
   */
  public static ServerSettings defaults(long heapBytes, int cores) {
    return new ServerSettings(
        "127.0.0.1",
        8080,
        Optional.empty(),
        Duration.ofMillis(250),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Set.of(),
        SubjectNames.STRATEGIES,
        RowFormat.FP32,
        Map.of(),
        RequestLimits.of(heapBytes, cores),
        ImpressionBuffer.of(heapBytes));
  }

  /** How a model's rows are held. */
  RowFormat rowFormatOf(String model) {
    return rowFormats.getOrDefault(model, rowFormat);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
