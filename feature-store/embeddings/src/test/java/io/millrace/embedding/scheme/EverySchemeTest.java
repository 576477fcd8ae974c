package io.millrace.embedding.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.Composition;
import io.millrace.embedding.DenseTensor;
import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.Lookups;
import io.millrace.embedding.RowGradients;
import io.millrace.feature.EncodedBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every scheme keeps. */
class EverySchemeTest {
  private static final int DIM = 12;
  private static final SchemeShape SHAPE =
      new SchemeShape(List.of("user", "item", "genres"), List.of(1, 2, 4), 80, DIM, 1);

  static List<EmbeddingConfig> configs() {
    return List.of(
        new UnifiedConfig(),
        new HashConfig(Map.of("user", 3.0)),
        new QuotientRemainderConfig(300),
        new NarrowConfig(3),
        new MixedDimensionConfig(Map.of("user", 4, "item", 6), Map.of("item", 2.0)),
        new RobeConfig(4),
        new TensorTrainConfig(90, 2),
        new DeepHashConfig(5, 7, 2));
  }

  /** Bags with weights; a token of two fields, of two examples, and twice in one bag. */
  private static EncodedBatch batch() {
    EncodedBatch batch = new EncodedBatch(3);
    add(batch, new long[][] {{1}, {2}, {3, 4, 3}});
    add(batch, new long[][] {{1}, {1}, {}});
    add(batch, new long[][] {{5}, {2}, {4}});
    return batch;
  }

  private static void add(EncodedBatch batch, long[][] fields) {
    var example = batch.append();
    for (long[] tokens : fields) {
      for (int i = 0; i < tokens.length; i++) {
        example.add(tokens[i], tokens.length == 1 ? 1 : 0.5f + i);
      }
      example.endField();
    }
    example.commit();
  }

  /** Rows and tensors of random values, as after some learning. */
  private static final class Weights {
    final EmbeddingScheme scheme;
    final LearnerTable table;
    final float[][] tensors;

    Weights(EmbeddingConfig config) {
      this.scheme = config.scheme(SHAPE);
      this.table =
          new LearnerTable(scheme.rows(), scheme.rowWidth(), 0, scheme.initialRows(1, 0.5f, 0, 1));
      SplittableRandom random = new SplittableRandom(7);
      float[] row = new float[scheme.rowWidth()];
      for (long r = 0; r < scheme.rows(); r++) {
        for (int i = 0; i < row.length; i++) {
          row[i] = (float) random.nextDouble(-1, 1);
        }
        table.put(r, row, 0);
      }
      List<float[]> values = new ArrayList<>();
      for (DenseTensor tensor : scheme.tensors()) {
        float[] v = new float[tensor.size()];
        for (int i = 0; i < v.length; i++) {
          v[i] = tensor.middle() + (float) random.nextDouble(-0.5, 0.5);
        }
        values.add(v);
      }
      this.tensors = values.toArray(float[][]::new);
    }

    float[] gather(EncodedBatch batch) {
      float[] x = new float[batch.size() * 3 * DIM];
      if (scheme instanceof LinearScheme linear) {
        linear.gather(batch, table, x);
      } else {
        Composition composition = new Composition((ComposedScheme) scheme);
        composition.take(batch);
        composition.gather(table, tensors, x);
      }
      return x;
    }

    void scatter(EncodedBatch batch, float[] dx, RowGradients rows, float[][] gradients) {
      if (scheme instanceof LinearScheme linear) {
        linear.scatter(batch, dx, rows);
      } else {
        Composition composition = new Composition((ComposedScheme) scheme);
        composition.take(batch);
        composition.scatter(table, tensors, dx, rows, gradients);
      }
    }

    double loss(EncodedBatch batch, float[] dx) {
      float[] x = gather(batch);
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += (double) dx[i] * x[i];
      }
      return sum;
    }
  }

  @ParameterizedTest
  @MethodSource("configs")
  void gradientsOfRowsAndTensorsAgreeWithFiniteDifferences(EmbeddingConfig config) {
    Weights weights = new Weights(config);
    EncodedBatch batch = batch();
    SplittableRandom random = new SplittableRandom(3);
    float[] dx = new float[batch.size() * 3 * DIM];
    for (int i = 0; i < dx.length; i++) {
      dx[i] = (float) random.nextDouble(-1, 1);
    }
    int width = weights.scheme.rowWidth();
    RowGradients rows = new RowGradients(width);
    float[][] gradients = new float[weights.tensors.length][];
    for (int t = 0; t < gradients.length; t++) {
      gradients[t] = new float[weights.tensors[t].length];
    }
    weights.scatter(batch, dx, rows, gradients);

    float step = 1e-2f;
    for (int i = 0; i < rows.size(); i++) {
      for (int c = 0; c < width; c++) {
        float[] row = new float[width];
        weights.table.addRow(rows.row(i), 1, row, 0);
        float before = row[c];
        row[c] = before + step;
        weights.table.put(rows.row(i), row, 0);
        double above = weights.loss(batch, dx);
        row[c] = before - step;
        weights.table.put(rows.row(i), row, 0);
        double below = weights.loss(batch, dx);
        row[c] = before;
        weights.table.put(rows.row(i), row, 0);
        assertClose(
            "row %d column %d".formatted(rows.row(i), c),
            rows.values()[i * width + c],
            (above - below) / (2 * step));
      }
    }
    for (int t = 0; t < gradients.length; t++) {
      for (int i = 0; i < gradients[t].length; i++) {
        float before = weights.tensors[t][i];
        weights.tensors[t][i] = before + step;
        double above = weights.loss(batch, dx);
        weights.tensors[t][i] = before - step;
        double below = weights.loss(batch, dx);
        weights.tensors[t][i] = before;
        assertClose(
            weights.scheme.tensors().get(t).name() + " " + i,
            gradients[t][i],
            (above - below) / (2 * step));
      }
    }
  }

  private static void assertClose(String what, double gradient, double difference) {
    assertThat(gradient).as(what).isCloseTo(difference, within(2e-3 * (1 + Math.abs(difference))));
  }

  /** The rows that lookups name are those that get gradients, and no others. */
  @ParameterizedTest
  @MethodSource("configs")
  void lookupsNameTheRowsOfEachFieldVector(EmbeddingConfig config) {
    Weights weights = new Weights(config);
    EncodedBatch batch = batch();
    Lookups lookups = new Lookups();
    weights.scheme.lookUp(batch, lookups);
    int width = weights.scheme.rowWidth();
    RowGradients named = new RowGradients(width);
    for (int i = 0; i < lookups.size(); i++) {
      named.offset(lookups.row(i));
      assertThat(lookups.row(i)).isBetween(0L, weights.scheme.rows() - 1);
    }
    assertThat(lookups.end(batch.size() * 3 - 1)).isEqualTo(lookups.size());
    RowGradients rows = new RowGradients(width);
    float[][] gradients = new float[weights.tensors.length][];
    for (int t = 0; t < gradients.length; t++) {
      gradients[t] = new float[weights.tensors[t].length];
    }
    weights.scatter(batch, new float[batch.size() * 3 * DIM], rows, gradients);
    assertThat(rows.size()).isEqualTo(named.size());
    for (int i = 0; i < rows.size(); i++) {
      assertThat(named.contains(rows.row(i))).isTrue();
    }
  }

  /** What the model above is told: parts, and what rows stand for. */
  @ParameterizedTest
  @MethodSource("configs")
  void partsDivideAFieldVector(EmbeddingConfig config) {
    EmbeddingScheme scheme = config.scheme(SHAPE);
    assertThat(scheme.fields()).isEqualTo(3);
    assertThat(scheme.dim()).isEqualTo(DIM);
    assertThat(DIM % scheme.part()).isZero();
    assertThat(scheme.rows()).isBetween(1L, 80L);
    if (scheme.rowsAreParts()) {
      assertThat(scheme.part()).isEqualTo(scheme.rowWidth());
    }
  }

  /** Each token its own vector, each bag the weighted sum of its tokens' vectors. */
  @ParameterizedTest
  @MethodSource("configs")
  void aBagIsTheWeightedSumOfItsTokens(EmbeddingConfig config) {
    Weights weights = new Weights(config);
    EncodedBatch bag = new EncodedBatch(3);
    add(bag, new long[][] {{}, {}, {3, 4, 3}});
    EncodedBatch three = new EncodedBatch(3);
    add(three, new long[][] {{}, {}, {3}});
    EncodedBatch four = new EncodedBatch(3);
    add(four, new long[][] {{}, {}, {4}});
    float[] x = weights.gather(bag);
    float[] x3 = weights.gather(three);
    float[] x4 = weights.gather(four);
    for (int i = 0; i < x.length; i++) {
      assertThat(x[i]).isCloseTo(3 * x3[i] + 1.5f * x4[i], within(1e-4f));
    }
    assertThat(java.util.Arrays.equals(x3, x4)).isFalse();
  }

  /** Initial vectors are about as large as the scale says, and none is zero. */
  @ParameterizedTest
  @MethodSource("configs")
  void initialVectorsHaveTheScale(EmbeddingConfig config) {
    EmbeddingScheme scheme = config.scheme(SHAPE);
    LearnerTable table =
        new LearnerTable(scheme.rows(), scheme.rowWidth(), 0, scheme.initialRows(1, 0.01f, 0, 1));
    float[][] tensors = new float[scheme.tensors().size()][];
    SplittableRandom random = new SplittableRandom(7);
    for (int t = 0; t < tensors.length; t++) {
      DenseTensor tensor = scheme.tensors().get(t);
      tensors[t] = new float[tensor.size()];
      for (int i = 0; i < tensors[t].length; i++) {
        tensors[t][i] = tensor.middle() + (float) (2 * random.nextDouble() - 1) * tensor.bound();
      }
    }
    double squares = 0;
    int count = 0;
    float[] x = new float[3 * DIM];
    for (long token = 0; token < 300; token++) {
      EncodedBatch one = new EncodedBatch(3);
      add(one, new long[][] {{3 * token}, {3 * token + 1}, {3 * token + 2}});
      if (scheme instanceof LinearScheme linear) {
        linear.gather(one, table, x);
      } else {
        Composition composition = new Composition((ComposedScheme) scheme);
        composition.take(one);
        composition.gather(table, tensors, x);
      }
      for (float value : x) {
        squares += (double) value * value;
        count++;
      }
    }
    assertThat(Math.sqrt(squares / count)).isBetween(0.003, 0.02); // uniform: 0.0058
  }
}
