package io.millrace.parameters;

import io.millrace.embedding.RowFormat;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a view reads and stores.
 *
 * @param model name of the model
 * @param topic its parameters topic
 * @param client Kafka client properties, at least {@code bootstrap.servers}
 * @param directory of the view's RocksDB; one view at a time has it open
 * @param storeInterval how often what was applied is written to RocksDB; rows that changed several
 *     times are then written once
 * @param compactionLag the topic's {@code min.compaction.lag.ms}: catching up that takes longer is
 *     extended to the then newest version, because compaction may have passed it
 * @param staleness when the version shown is stale, or null if nobody asks
 * @param rowFormat how rows are held in memory; RocksDB keeps them as they are published
 */
public record ParameterViewConfig(
    String model,
    String topic,
    Map<String, Object> client,
    Path directory,
    Duration storeInterval,
    Duration compactionLag,
    @Nullable Staleness staleness,
    RowFormat rowFormat) {

  /**
   * A version is stale that has not changed for some time, although its learner has not met all
   * examples.
   *
   * @param examples the topic that is learned from; versions are offsets of its partition 0
   * @param after how long
   */
  public record Staleness(String examples, Duration after) {
    public Staleness {
      if (after.isNegative() || after.isZero()) {
        throw new IllegalArgumentException("staleAfter: " + after + ", expected > 0");
      }
    }
  }

  public ParameterViewConfig {
    client = Map.copyOf(client);
    if (!client.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException("client: no bootstrap.servers among " + client.keySet());
    }
    if (storeInterval.isNegative()) {
      throw new IllegalArgumentException("storeInterval: " + storeInterval + ", expected >= 0");
    }
    if (compactionLag.isNegative() || compactionLag.isZero()) {
      throw new IllegalArgumentException("compactionLag: " + compactionLag + ", expected > 0");
    }
  }

  /** Stores once a second, for topics with a compaction lag of a minute; rows in fp32. */
  public static ParameterViewConfig of(
      String model, String topic, Map<String, Object> client, Path directory) {
    return new ParameterViewConfig(
        model,
        topic,
        client,
        directory,
        Duration.ofSeconds(1),
        Duration.ofMinutes(1),
        null,
        RowFormat.FP32);
  }

  /** The same, but for staleness. */
  public ParameterViewConfig watching(Staleness watched) {
    return new ParameterViewConfig(
        model, topic, client, directory, storeInterval, compactionLag, watched, rowFormat);
  }

  /** The same with rows in another format. */
  public ParameterViewConfig holding(RowFormat format) {
    return new ParameterViewConfig(
        model, topic, client, directory, storeInterval, compactionLag, staleness, format);
  }
}
