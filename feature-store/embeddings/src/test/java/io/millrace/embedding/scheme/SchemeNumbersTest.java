package io.millrace.embedding.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.embedding.ComposedScheme;
import io.millrace.embedding.Composition;
import io.millrace.embedding.DenseTensor;
import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.feature.EncodedBatch;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Worked numbers of each scheme, and what it refuses. */
class SchemeNumbersTest {
  private static final List<String> FIELDS = List.of("user", "item");

  private static SchemeShape shape(long rows, int dim) {
    return new SchemeShape(FIELDS, List.of(1, 1), rows, dim, 1);
  }

  @Test
  void hashingGivesFieldsRangesByShares() {
    FieldRanges ranges =
        new FieldRanges(102, List.of("a", "b", "c"), Map.of("a", 3.0), new int[] {1, 1, 1});
    assertThat(List.of(ranges.runs(0), ranges.runs(1), ranges.runs(2)))
        .containsExactly(60L, 20L, 20L);
    assertThat(ranges.rows()).isEqualTo(100);
    Set<Long> first = new HashSet<>();
    for (long token = 0; token < 2000; token++) {
      first.add(ranges.row(0, token));
      assertThat(ranges.row(1, token)).isBetween(60L, 79L);
      assertThat(ranges.row(2, token)).isBetween(80L, 99L);
    }
    assertThat(first).hasSize(60).allMatch(row -> row < 60);
    // golden: learner and servers of any version agree on these
    assertThat(ranges.row(0, 7)).isEqualTo(4);
    assertThat(ranges.row(1, 7)).isEqualTo(61);
  }

  @Test
  void quotientAndRemainderHaveFewRows() {
    QuotientRemainderConfig config = new QuotientRemainderConfig(1000);
    assertThat(config.divisor(100)).isEqualTo(12);
    QuotientRemainder scheme = (QuotientRemainder) config.scheme(shape(100, 4));
    assertThat(scheme.rows()).isEqualTo(84 + 12);
    assertThat(scheme.quotientRow(777)).isEqualTo(64);
    assertThat(scheme.remainderRow(777)).isEqualTo(84 + 9);
    Set<List<Long>> pairs = new HashSet<>();
    for (long id = 0; id < 1000; id++) {
      pairs.add(List.of(scheme.quotientRow(id), scheme.remainderRow(id)));
    }
    assertThat(pairs).hasSize(1000);
    assertThat(QuotientRemainderConfig.fewestRows(1000)).isEqualTo(64);
    assertThat(config.divisor(64)).isEqualTo(28);
    assertThatThrownBy(() -> config.divisor(63))
        .hasMessage("rows: 63, expected at least 64 for embedding.ids: 1000 with scheme qr");
  }

  /** A linear weight of zero still gets the gradient of a plain row's. */
  @Test
  void productsBeginAsQuotients() {
    EmbeddingScheme scheme = new QuotientRemainderConfig(1000).scheme(shape(100, 4));
    InitialRows initial = scheme.initialRows(5, 0.1f, 1, 1);
    float[] row = new float[4];
    initial.addTo(90, 1, row, 0, 4);
    assertThat(row).containsExactly(1, 1, 1, 1);
    float[] first = new float[4];
    initial.addTo(3, 1, first, 0, 4);
    assertThat(first[0]).isZero();
    float[] plain = new float[4];
    new InitialRows(5, 0.1f, 1).addTo(3, 1, plain, 0, 4);
    assertThat(first).isEqualTo(plain);
    assertThat(initial.largest()).isEqualTo(1);
  }

  @Test
  void aNarrowRowTimesItsFieldsMatrix() {
    ComposedScheme scheme = (ComposedScheme) new NarrowConfig(2).scheme(shape(16, 3));
    LearnerTable table = new LearnerTable(16, 2, 0, new InitialRows(1, 0, 0));
    long row = scheme.row(1, 9, 0);
    table.put(row, new float[] {2, -1}, 0);
    float[] matrices = {9, 9, 9, 9, 9, 9, 1, 2, 3, 0.5f, 0, -1};
    float[] x = new float[3];
    scheme.newFunction().compose(1, 9, table, new float[][] {matrices}, x, 0);
    assertThat(x).containsExactly(1.5f, 4, 7);
    DenseTensor tensor = scheme.tensors().get(0);
    assertThat(tensor.shape()).containsExactly(2, 2, 3);
    assertThatThrownBy(() -> new NarrowConfig(4).require(16, 4, 1))
        .hasMessage("embedding.width: 4, expected less than dim: 4 with scheme narrow");
    assertThatThrownBy(() -> new NarrowConfig(2).require(16, 4, 3))
        .hasMessageStartingWith("embedding.scheme: narrow with 3 experts, expected a single one");
  }

  @Test
  void widthsFallWithTheNumberOfValues() {
    assertThat(MixedDimensionConfig.widths(new long[] {10, 100, 1000, 100_000}, 16, 0.3))
        .containsExactly(16, 8, 4, 1);
    EmbeddingScheme scheme =
        new MixedDimensionConfig(Map.of("user", 2, "item", 4), Map.of()).scheme(shape(30, 8));
    assertThat(scheme.rowWidth()).isEqualTo(2);
    assertThat(scheme.tensors().get(0).size()).isEqualTo(2 * 8 + 4 * 8);
    // runs of one and two rows: with 30 rows ten of each
    assertThat(scheme.rows()).isEqualTo(30);
    assertThatThrownBy(
            () -> new MixedDimensionConfig(Map.of("itm", 2), Map.of()).scheme(shape(30, 8)))
        .hasMessage(
            "embedding.widths: \"itm\" is no field of the feature schema, did you mean 'item'?");
    assertThatThrownBy(
            () -> new MixedDimensionConfig(Map.of("item", 9), Map.of()).require(30, 8, 1))
        .hasMessage("embedding.widths.item: 9, expected 1 to 8");
  }

  /** Blocks from anywhere, over the end of rows and of the array. */
  @Test
  void blocksWrap() {
    Robe scheme = (Robe) new RobeConfig(4).scheme(shape(5, 8));
    LearnerTable table = new LearnerTable(5, 4, 0, new InitialRows(1, 0, 0));
    for (int r = 0; r < 5; r++) {
      table.put(r, new float[] {4 * r, 4 * r + 1, 4 * r + 2, 4 * r + 3}, 0);
    }
    float[] x = new float[8];
    boolean wrapped = false;
    boolean negative = false;
    for (long token = 0; token < 100; token++) {
      scheme.newFunction().compose(0, token, table, new float[0][], x, 0);
      for (int k = 0; k < 2; k++) {
        long offset = scheme.offset(token, k);
        wrapped |= offset > 16;
        negative |= Robe.sign(token, k) < 0;
        for (int i = 0; i < 4; i++) {
          assertThat(x[4 * k + i]).isEqualTo(Robe.sign(token, k) * ((offset + i) % 20));
        }
      }
    }
    assertThat(wrapped && negative).isTrue();
    assertThatThrownBy(() -> new RobeConfig(3).require(16, 8, 1))
        .hasMessage("embedding.block: 3, expected a divisor of dim: 8 with scheme robe");
  }

  @ParameterizedTest
  @CsvSource({"0, 7, 10", "3, -1, -.5", "5, -1, .5", "6, 2.5, -1.5"})
  void aTrainOfThreeCores(long id, float first, float second) {
    TensorTrain scheme = new TensorTrain(1, 2, 8, 2, new int[] {1, 1, 2}, new long[] {2, 2, 2});
    assertThat(scheme.rowWidth()).isEqualTo(2);
    assertThat(scheme.rows()).isEqualTo(2 + 4 + 4);
    LearnerTable table = new LearnerTable(10, 2, 0, new InitialRows(1, 0, 0));
    float[] cores = {1, 2, .5f, -1, 1, 0, 0, 1, .5f, .5f, -1, 1, 1, 2, 3, 4, 0, 1, 1, 0};
    for (int r = 0; r < 10; r++) {
      table.put(r, cores, 2 * r);
    }
    float[] x = new float[2];
    ((TensorTrain.Train) scheme.newFunction()).compose(id, table, x, 0);
    assertThat(x).containsExactly(first, second);
  }

  @Test
  void trainsAreSmall() {
    assertThat(TensorTrain.parts(16)).containsExactly(2, 2, 4);
    assertThat(TensorTrain.parts(32)).containsExactly(2, 4, 4);
    assertThat(TensorTrain.parts(7)).containsExactly(1, 1, 7);
    assertThat(TensorTrain.digits(1000)).containsExactly(10, 10, 10);
    TensorTrain four = new TensorTrain(1, 16, 1000, 4);
    assertThat(four.rows() * four.rowWidth()).isEqualTo(560);
    TensorTrain eight = new TensorTrain(1, 16, 1000, 8);
    assertThat(eight.rows() * eight.rowWidth()).isEqualTo(1760);
    assertThatThrownBy(() -> new TensorTrainConfig(1000, 4).require(60, 16, 1))
        .hasMessage("rows: 60, expected at least 70 for embedding.ids: 1000 and embedding.rank: 4");
  }

  @Test
  void deepHashesHoldNoRows() {
    EmbeddingScheme scheme = new DeepHashConfig(1024, 16, 5).scheme(shape(16, 16));
    int values = scheme.tensors().stream().mapToInt(DenseTensor::size).sum();
    assertThat(values).isEqualTo(17_920);
    assertThat(scheme.rows()).isEqualTo(1);
  }

  /** By hand: two hashes, a hidden layer of two units, which normalisation makes −1 and 1. */
  @Test
  void aPerceptronOfHashes() {
    ComposedScheme scheme = (ComposedScheme) new DeepHashConfig(2, 2, 1).scheme(shape(16, 1));
    LearnerTable table = new LearnerTable(1, 1, 0, new InitialRows(1, 0, 0));
    float[][] tensors = {
      {0, 0, 0, 0}, {-3, 5}, {1, 2}, {0, .5f}, {1, 10}, {.25f},
    };
    float[] x = new float[1];
    scheme.newFunction().compose(0, 4, table, tensors, x, 0);
    // mish(-1) + 10 mish(2.5) + .25, by mish(-1) = -.30340147 and mish(2.5) = 2.4713923
    assertThat(x[0]).isCloseTo(-.30340147f + 24.713923f + .25f, within(2e-5f));
  }

  /** A field vector's weight can be another than its tokens', as that of a scaled number. */
  @Test
  void compositionsTakeWeightsOfTheirOwn() {
    ComposedScheme scheme = (ComposedScheme) new NarrowConfig(2).scheme(shape(16, 3));
    LearnerTable table = new LearnerTable(16, 2, 0, scheme.initialRows(1, 1, 0, 1));
    float[][] tensors = {{1, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1}};
    EncodedBatch batch = new EncodedBatch(2);
    for (float weight : new float[] {1, 0.25f}) {
      var example = batch.append();
      example.add(3, weight);
      example.endField();
      example.add(4, weight);
      example.endField();
      example.commit();
    }
    Composition composition = new Composition(scheme);
    float[] x = new float[12];
    composition.take(batch);
    composition.gather(table, tensors, x);
    assertThat(x[6]).isEqualTo(x[0] / 4).isNotZero();
    composition.weigh(2, 1);
    composition.gather(table, tensors, x);
    assertThat(x[6]).isEqualTo(x[0]);
    assertThat(x[9]).isEqualTo(x[3] / 4);
  }
}
