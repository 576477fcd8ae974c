package io.millrace.ingestion.job;

import java.util.Map;

/** How RocksDB is to be set up where the ingestion job runs. */
public final class JoinStore {
  private static final String PREFIX = "state.backend.rocksdb.";

  private JoinStore() {}

  /**
   * Options of Flink's configuration. The join puts ids in no order, asks for few of them and frees
   * each: without more than Flink's defaults it waits for RocksDB's merges as the store grows.
   */
  public static Map<String, String> options() {
    return Map.of(
        // Most ids that the join asks for are new: without filters each question reads files.
        PREFIX + "use-bloom-filter",
        "true",
        // Whole filters and indexes of large files would crowd each other out of the cache.
        PREFIX + "memory.partitioned-index-filters",
        "true",
        // A first level not much larger than the write buffers: each buffer is merged with all of
        // it.
        PREFIX + "compaction.level.max-size-level-base",
        "64mb",
        PREFIX + "compaction.level.target-file-size-base",
        "16mb",
        // What merges cost beside reading and writing; bodies in Avro gain little.
        PREFIX + "compression.per.level",
        "NO_COMPRESSION");
  }
}
