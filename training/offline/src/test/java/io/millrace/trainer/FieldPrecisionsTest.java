package io.millrace.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.trained.LabeledExamples;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FieldPrecisionsTest {
  private static final int VALUES = 200;
  private static final int EACH = 50;
  private static final double Q = 0.2;

  private final UnifiedEmbedding scheme = new UnifiedEmbedding(1 << 20, 1, new int[] {1, 1});
  private final LearnerTable table =
      new LearnerTable(scheme.rows(), 1, 0, new InitialRows(1, 0, 1, 1));
  private final LabeledExamples examples = new LabeledExamples(2);

  private FieldPrecisions precisions() {
    long[] rows = TrainedRows.of(scheme, examples);
    return new FieldPrecisions(2, new RowShares(scheme, examples, 32), rows);
  }

  /** What is found of weights that were drawn from a normal distribution is its precision. */
  @Test
  void theyAreThoseThatTheWeightsWereDrawnWith() {
    double[] drawnWith = {0.5, 40};
    for (int i = 0; i < VALUES * EACH; i++) {
      var example = examples.next().append();
      for (int f = 0; f < 2; f++) {
        example.add(1_000 * (f + 1) + i % VALUES, 1);
        example.endField();
      }
      example.commit();
      examples.add(0);
    }
    FieldPrecisions precisions = precisions();
    SplittableRandom random = new SplittableRandom(2);
    double[][] estimates = new double[2][VALUES]; // what a learner would make of the examples
    for (int f = 0; f < 2; f++) {
      for (int v = 0; v < VALUES; v++) {
        double truth = random.nextGaussian() / Math.sqrt(drawnWith[f]);
        estimates[f][v] = truth + random.nextGaussian() / Math.sqrt(EACH * Q);
      }
    }
    long[] first = {scheme.firstRow(0, 1_000, 0), scheme.firstRow(1, 2_000, 0)};
    for (int round = 0; round < 60; round++) {
      for (int f = 0; f < 2; f++) {
        for (int v = 0; v < VALUES; v++) {
          double shrunk = EACH * Q / (EACH * Q + precisions.of(first[f]));
          float[] weight = {(float) (shrunk * estimates[f][v])};
          table.put(scheme.firstRow(f, 1_000 * (f + 1) + v, 0), weight, 0);
        }
      }
      precisions.update(table, Q);
    }

    assertThat(precisions.of(first[0])).isCloseTo(0.5, within(0.15));
    assertThat(precisions.of(first[1])).isBetween(20.0, 80.0);
  }

  @Test
  void theyGoOnFromACheckpoint() throws IOException {
    var example = examples.next().append();
    example.add(1, 1);
    example.endField();
    example.add(2, 1);
    example.endField();
    example.commit();
    examples.add(1);
    table.put(scheme.firstRow(0, 1, 0), new float[] {2}, 0);
    FieldPrecisions precisions = precisions();
    precisions.update(table, Q);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    precisions.write(new DataOutputStream(out));
    FieldPrecisions read = precisions();
    read.read(new DataInputStream(new ByteArrayInputStream(out.toByteArray())));

    long row = scheme.firstRow(0, 1, 0);
    assertThat(precisions.of(row)).isNotEqualTo(3);
    assertThat(read.of(row)).isEqualTo(precisions.of(row));
  }
}
