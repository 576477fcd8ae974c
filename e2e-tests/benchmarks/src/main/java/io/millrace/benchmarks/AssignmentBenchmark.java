package io.millrace.benchmarks;

import io.millrace.deployment.Made;
import io.millrace.experiment.Assigner;
import io.millrace.experiment.Assignment;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.StickyArms;
import io.millrace.experiment.condition.Attributes;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Assigning a unit with a name of 36 characters to an arm of three: of an experiment for all, and
 * of one in a layer, with a holdout and targeting on a word. Time is that of one assignment; {@code
 * -prof gc} shows that it allocates nothing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AssignmentBenchmark {
  private static final int UNITS = 4096;
  private static final String ARMS =
      "\"arms\":[{\"name\":\"a\",\"weight\":1,\"model\":\"a\"},"
          + "{\"name\":\"b\",\"weight\":1,\"model\":\"b\"},"
          + "{\"name\":\"c\",\"weight\":2,\"model\":\"c\"}]";

  private final String[] units = new String[UNITS];
  private final Attributes attributes = name -> name.equals("country") ? "DE" : null;
  private final Assigner plain = assigner("");
  private final Assigner narrow =
      assigner(
          ",\"traffic\":0.8,\"layer\":{\"name\":\"ranking\",\"from\":0,\"to\":0.9},"
              + "\"holdout\":{\"name\":\"all\",\"share\":0.05},"
              + "\"targeting\":{\"country\":{\"$in\":[\"AT\",\"DE\"]}}");
  private int next;

  public AssignmentBenchmark() {
    for (int i = 0; i < UNITS; i++) {
      units[i] = "f81d4fae-7dec-11d0-a765-00a0c%07d".formatted(i);
    }
  }

  private static Assigner assigner(String more) {
    String draft =
        "{\"key\":\"x\",\"unit\":{\"kind\":\"user\",\"attribute\":\"user\"}," + ARMS + more + "}";
    String running =
        Experiment.draft(draft, new Made("benchmark", Instant.EPOCH))
            .toJson()
            .replace("\"state\":\"draft\"", "\"state\":\"running\"");
    return new Assigner(Experiment.fromJson(running));
  }

  /** Compares the arms' counts with their shares. */
  @Setup(Level.Trial)
  public void verify() {
    for (Assigner assigner : new Assigner[] {plain, narrow}) {
      int[] counts = new int[3];
      int in = 0;
      for (String unit : units) {
        Assignment assignment = assigner.assign(unit, attributes, StickyArms.NONE);
        if (assignment.isIn()) {
          counts[assignment.arm()]++;
          in++;
        }
      }
      for (int arm = 0; arm < counts.length; arm++) {
        Checks.close(
            "share of arm " + arm, counts[arm] / (double) in, assigner.propensities()[arm], 0.04);
      }
    }
  }

  private String unit() {
    return units[next++ & (UNITS - 1)];
  }

  @Benchmark
  public Assignment ofAll() {
    return plain.assign(unit(), attributes, StickyArms.NONE);
  }

  @Benchmark
  public Assignment inLayerWithHoldoutAndTargeting() {
    return narrow.assign(unit(), attributes, StickyArms.NONE);
  }
}
