package io.millrace.benchmarks;

import io.millrace.kernel.Kernels;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Matrix products of the shapes that models are made of, checked before they are timed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-XX:PerMethodTrapLimit=10000"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ProductBenchmark {
  private final Kernels kernels = Kernels.best();
  private int m;
  private int n;
  private int k;
  private float[] a = new float[0];
  private float[] b = new float[0];
  private float[] c = new float[0];
  private float[] zeros = new float[0];

  /**
   * Rows, columns and what is summed over: projections of AutoInt-S and -P, their scores and
   * weighted values, and perceptron layers of a step of 4,096 (by 128 rows) and of 1.
   */
  @Param({
    "64x1024x16",
    "39x40x8",
    "8x40x39",
    "256x240x64",
    "39x40x32",
    "32x40x39",
    "128x304x300",
    "1x304x300"
  })
  public String shape = "";

  /** Floating-point operations, which JMH divides by the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Operations {
    public double flop;
  }

  /** Makes matrices, and compares one product with the sums that it stands for. */
  @Setup(Level.Trial)
  public void verify() {
    String[] sizes = shape.split("x", -1);
    m = Integer.parseInt(sizes[0]);
    n = Integer.parseInt(sizes[1]);
    k = Integer.parseInt(sizes[2]);
    SplittableRandom random = new SplittableRandom(1);
    a = Checks.random(random, m * k, -1, 1);
    b = Checks.random(random, k * n, -1, 1);
    c = new float[m * n];
    zeros = new float[n];
    multiply();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          sum += (double) a[i * k + p] * b[p * n + j];
        }
        Checks.close("product " + shape, c[i * n + j], sum, 1e-4);
      }
    }
  }

  private void multiply() {
    kernels.multiply(m, n, k, a, 0, k, 1, b, 0, n, zeros, 0, 0, c, 0, n);
  }

  @Benchmark
  public float[] product(Operations operations) {
    multiply();
    operations.flop += 2.0 * m * n * k;
    return c;
  }
}
