package io.millrace.standalone;

import io.millrace.guard.GuardPolicy;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;

/**
 * What a user sets of the jobs of a platform.
 *
 * @param checkpointInterval time between two checkpoints of a job
 * @param publishInterval least time between two publishes of a model
 * @param segmentExamples length of an evaluation segment
 * @param guard what follows when a model's predictions go wrong: {@code pause} holds its versions
 *     back and learns nothing meanwhile, {@code hold} holds them back, {@code off} watches nothing
 */
@RecordBuilder
public record JobSettings(
    Duration checkpointInterval, Duration publishInterval, long segmentExamples, GuardPolicy guard)
    implements JobSettingsBuilder.With {

  /** As live traffic wants them. */
  public static final JobSettings DEFAULT =
      new JobSettings(Duration.ofSeconds(5), Duration.ofMillis(200), 10_000, GuardPolicy.PAUSE);

  public JobSettings {
    if (checkpointInterval.toMillis() < 10) {
      throw new IllegalArgumentException(
          "checkpointInterval: " + checkpointInterval + ", expected at least 10ms");
    }
    if (publishInterval.toMillis() < 1) {
      throw new IllegalArgumentException(
          "publishInterval: " + publishInterval + ", expected at least 1ms");
    }
    if (segmentExamples < 1) {
      throw new IllegalArgumentException(
          "segmentExamples: " + segmentExamples + ", expected at least 1");
    }
  }
}
