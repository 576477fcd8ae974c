package io.millrace.ingestion;

import java.util.List;

/**
 * How far a reader has come in each partition that it reads, as of one moment; everything that it
 * had read before comes before it.
 *
 * @param partitions all of the reader's partitions
 * @param takenNanos that moment, by a monotonic clock of the reader's; the ends are at least as new
 */
public record ReadPositions(List<Position> partitions, long takenNanos) implements Arrival {

  /** Of {@link Position#end} where Kafka did not answer. */
  public static final long UNKNOWN = -1;

  /**
   * One partition.
   *
   * @param next offset of the record to be read next
   * @param end offset behind the last record that may be read, or {@link #UNKNOWN}
   */
  public record Position(String topic, int partition, long next, long end) {

    /** Whether nothing was left to read; false where that is not known. */
    public boolean atEnd() {
      return end != UNKNOWN && next >= end;
    }

    /** Records that are left to read, 0 where that is not known. */
    public long lag() {
      return end == UNKNOWN ? 0 : Math.max(0, end - next);
    }
  }

  public ReadPositions {
    partitions = List.copyOf(partitions);
  }
}
