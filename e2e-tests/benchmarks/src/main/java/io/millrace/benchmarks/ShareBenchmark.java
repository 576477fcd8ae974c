package io.millrace.benchmarks;

import io.millrace.kernel.Kernels;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/**
 * Softmax (α = 1) and α-entmax down the columns of [rows, 48], 16 slices at a time. The copy that
 * each call begins with is part of the figure.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "-XX:PerMethodTrapLimit=10000"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ShareBenchmark {
  private static final int SLICES = 16;
  private static final int WIDTH = 48;

  private final Kernels kernels = Kernels.best();
  private float[] scores = new float[0];
  private float[] shares = new float[0];
  private float[] work = new float[0];

  @Param({"10", "39"})
  public int rows = 0;

  @Param({"1", "1.5", "1.7", "2"})
  public float alpha = 0;

  /** Makes scores, and compares each column with one that is computed alone in double precision. */
  @Setup(Level.Trial)
  public void verify() {
    scores = Checks.random(new SplittableRandom(2), SLICES * rows * WIDTH, -2, 2);
    shares = new float[scores.length];
    work = new float[4 * (rows + 3) * WIDTH];
    share();
    double[] column = new double[rows];
    for (int s = 0; s < SLICES; s++) {
      for (int j = 0; j < WIDTH; j++) {
        int at = s * rows * WIDTH + j;
        expected(at, column);
        for (int r = 0; r < rows; r++) {
          Checks.close("share of α " + alpha, shares[at + r * WIDTH], column[r], 1e-5);
        }
      }
    }
  }

  /** By bisection of what all powers of the differences to it sum up to. */
  private void expected(int at, double[] column) {
    double low = alpha == 1 ? -10 : (alpha - 1) * -3 - 1;
    double high = alpha == 1 ? 10 : (alpha - 1) * 3;
    for (int step = 0; step < 60; step++) {
      double middle = (low + high) / 2;
      double sum = 0;
      for (int r = 0; r < rows; r++) {
        double z = scores[at + r * WIDTH];
        column[r] =
            alpha == 1
                ? Math.exp(z - middle)
                : Math.pow(Math.max((alpha - 1) * z - middle, 0), 1 / (alpha - 1));
        sum += column[r];
      }
      if (sum > 1) {
        low = middle;
      } else {
        high = middle;
      }
    }
  }

  @Benchmark
  public float[] share() {
    System.arraycopy(scores, 0, shares, 0, scores.length);
    if (alpha == 1) {
      kernels.softmax(shares, 0, SLICES, rows, WIDTH);
    } else {
      kernels.entmax(shares, 0, SLICES, rows, WIDTH, alpha, work);
    }
    return shares;
  }
}
