package io.millrace.benchmarks;

import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.RowGradients;
import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.feature.EncodedBatch;
import io.millrace.optimizer.Adagrad;
import io.millrace.optimizer.Optimizer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a learner does with an example's rows of 16 values, of a table of a million: reading those
 * of 39 fields, and learning from their gradients. Time is that of one example.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-XX:PerMethodTrapLimit=10000"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RowBenchmark {
  private static final int EXAMPLES = 4096;
  private static final int FIELDS = 39;
  private static final int WIDTH = 16;
  private static final long ROWS = 1 << 20;

  private final Optimizer optimizer = new Adagrad(0.01f, 1e-6f, 0.1f);
  private final EncodedBatch batch = new EncodedBatch(FIELDS);
  private final RowGradients gradients = new RowGradients(WIDTH);
  private final float[] x = new float[EXAMPLES * FIELDS * WIDTH];
  private final UnifiedEmbedding scheme;
  private final LearnerTable table;

  public RowBenchmark() {
    int[] lookups = new int[FIELDS];
    Arrays.fill(lookups, 1);
    scheme = new UnifiedEmbedding(ROWS, WIDTH, lookups);
    table = new LearnerTable(ROWS, WIDTH, optimizer.slots(WIDTH), new InitialRows(1, 0.1f, 0, 1));
  }

  /** Makes examples, and compares what is gathered and learned with row by row arithmetic. */
  @Setup(Level.Trial)
  public void verify() {
    SplittableRandom random = new SplittableRandom(3);
    for (int b = 0; b < EXAMPLES; b++) {
      EncodedBatch.Appender example = batch.append();
      for (int f = 0; f < FIELDS; f++) {
        example.add(random.nextLong(), 1);
        example.endField();
      }
      example.commit();
    }
    float[] row = new float[WIDTH];
    gather();
    for (int f = 0; f < FIELDS; f++) {
      read(f, row);
      for (int i = 0; i < WIDTH; i++) {
        Checks.close("gathered value", x[f * WIDTH + i], row[i], 0);
      }
    }
    read(0, row);
    learn();
    float[] learned = new float[WIDTH];
    read(0, learned);
    for (int i = 0; i < WIDTH; i++) {
      if (row[i] != 0 && !(Math.abs(learned[i]) < Math.abs(row[i]))) {
        throw new IllegalStateException(
            "learned value: %s, expected nearer to 0 than %s".formatted(learned[i], row[i]));
      }
    }
  }

  private void read(int field, float[] row) {
    Arrays.fill(row, 0);
    table.addRow(scheme.firstRow(field, batch.token(batch.start(0, field)), 0), 1, row, 0);
  }

  @Benchmark
  @OperationsPerInvocation(EXAMPLES)
  public float[] gather() {
    scheme.gather(batch, table, x);
    return x;
  }

  /** With the rows themselves for gradients, so that they shrink. */
  @Benchmark
  @OperationsPerInvocation(EXAMPLES)
  public void learn() {
    gradients.clear();
    scheme.scatter(batch, x, gradients);
    table.update(gradients, optimizer::update);
  }
}
