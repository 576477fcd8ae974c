package io.millrace.training;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * What an operator of the platform watches of a learner, in the metric group of Flink's operator.
 * Those of examples are since the learner's first start. How many examples are in Kafka and not yet
 * read is Flink's own {@code pendingRecords} of the source.
 *
 * <table>
 *   <caption>Names in the group</caption>
 *   <tr><td>{@code examples}</td><td>learned for the first time</td></tr>
 *   <tr><td>{@code rejected}</td><td>could not be decoded, encoded or learned from</td></tr>
 *   <tr><td>{@code duplicates}</td><td>dropped because their id had been read before</td></tr>
 *   <tr><td>{@code corrections}, {@code takenBack}</td><td>learned: 1 after 0, 0 after 1</td></tr>
 *   <tr><td>{@code version}</td><td>the offset below which every example is learned or
 *       refused</td></tr>
 *   <tr><td>{@code publishedVersion}</td><td>the version that was handed over last; -1 before the
 *       first</td></tr>
 *   <tr><td>{@code publishes}</td><td>since this attempt's start</td></tr>
 *   <tr><td>{@code publishMillis}</td><td>from hand-over to commit of the last publish</td></tr>
 * </table>
 */
final class LearnerGauges {
  /** All that is shown, replaced as a whole by the operator's thread. */
  private record Seen(
      long examples, PartitionCounts counts, long version, long publishedVersion, long millis) {}

  private final Counter publishes;
  private volatile Seen seen = new Seen(0, PartitionCounts.NONE, 0, -1, 0);

  LearnerGauges(MetricGroup group) {
    group.gauge("examples", () -> seen.examples());
    group.gauge("rejected", () -> seen.counts().rejected());
    group.gauge("duplicates", () -> seen.counts().duplicates());
    group.gauge("corrections", () -> seen.counts().corrections());
    group.gauge("takenBack", () -> seen.counts().takenBack());
    group.gauge("version", () -> seen.version());
    group.gauge("publishedVersion", () -> seen.publishedVersion());
    group.gauge("publishMillis", () -> seen.millis());
    publishes = group.counter("publishes");
  }

  /** Shows how a learner is. */
  void show(PartitionLearner partition, long publishedVersion, long publishMillis) {
    seen =
        new Seen(
            partition.learner().total().examples(),
            partition.counts(),
            partition.version(),
            publishedVersion,
            publishMillis);
  }

  /** A publish is handed over. */
  void published() {
    publishes.inc();
  }
}
