package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.bits.SplitMix64;
import io.millrace.feature.EncodedBatch;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UnifiedEmbeddingTest {
  private static final long ROWS = 1000;
  private static final int[] LOOKUPS = {1, 2, 4};
  private final UnifiedEmbedding scheme = new UnifiedEmbedding(ROWS, 8, LOOKUPS);

  /** Row r holds r + column / 10. */
  private final EmbeddingTable numbered =
      new EmbeddingTable() {
        @Override
        public long rows() {
          return ROWS;
        }

        @Override
        public int rowWidth() {
          return 2;
        }

        @Override
        public void addRow(long row, float weight, float[] out, int offset) {
          out[offset] += weight * row;
          out[offset + 1] += weight * (row + 0.1f);
        }
      };

  @Test
  void theRunOfALookupIsTheHighWordOfHashTimesRuns() {
    SplittableRandom random = new SplittableRandom(2);
    BigInteger two64 = BigInteger.ONE.shiftLeft(64);
    for (int i = 0; i < 10_000; i++) {
      long token = random.nextLong();
      for (int f = 0; f < LOOKUPS.length; f++) {
        int run = 4 / LOOKUPS[f];
        for (int k = 0; k < LOOKUPS[f]; k++) {
          BigInteger hash = BigInteger.valueOf(SplitMix64.mix(token + k * SplitMix64.GOLDEN));
          BigInteger expected =
              hash.mod(two64).multiply(BigInteger.valueOf(ROWS / run)).divide(two64);
          assertThat(scheme.firstRow(f, token, k)).isEqualTo(expected.longValue() * run);
        }
      }
    }
  }

  @Test
  void rowsOfATokenArePinned() {
    // published tables depend on them: a change here orphans every stored model
    assertThat(scheme.firstRow(0, 1, 0)).isEqualTo(336);
    assertThat(scheme.firstRow(1, 1, 1)).isEqualTo(566);
    assertThat(scheme.firstRow(2, -5, 3)).isEqualTo(882);
  }

  @Test
  void composesRunsAndSumsWeightedTokens() {
    EncodedBatch batch = batch();
    float[] x = new float[2 * 3 * 8];
    scheme.gather(batch, numbered, x);
    long first = scheme.firstRow(0, 11, 0);
    for (int r = 0; r < 4; r++) {
      assertThat(x[2 * r]).isEqualTo(first + r);
      assertThat(x[2 * r + 1]).isEqualTo(first + r + 0.1f);
    }
    // field 1: two tokens of weight 1/2 and 2, two lookups, runs of two rows
    for (int k = 0; k < 2; k++) {
      for (int r = 0; r < 2; r++) {
        float expected =
            0.5f * (scheme.firstRow(1, 21, k) + r) + 2f * (scheme.firstRow(1, 22, k) + r);
        assertThat(x[8 + 4 * k + 2 * r]).isEqualTo(expected);
      }
    }
    // field 2 of the first example holds no token
    for (int i = 16; i < 24; i++) {
      assertThat(x[i]).isZero();
    }
    for (int k = 0; k < 4; k++) {
      assertThat(x[40 + 2 * k]).isEqualTo(scheme.firstRow(2, 31, k));
    }
  }

  /** gather is linear in the table, and scatter is its transpose: {@code <Ax, y> = <x, A'y>}. */
  /** Examples that share fields with the one before get the vectors that each alone would get. */
  @Test
  void sharesWhatIsTheSameAsBefore() {
    SplittableRandom random = new SplittableRandom(8);
    EncodedBatch all = new EncodedBatch(3);
    float[] x = new float[60 * 3 * 8];
    Arrays.fill(x, 7); // of an earlier batch
    for (int b = 0; b < 60; b++) {
      EncodedBatch.Appender example = all.append();
      for (int f = 0; f < 3; f++) {
        for (int t = random.nextInt(3); t > 0; t--) {
          example.add(random.nextInt(2), 1 + random.nextInt(2));
        }
        example.endField();
      }
      example.commit();
    }
    scheme.gather(all, numbered, x);
    for (int b = 0; b < 60; b++) {
      EncodedBatch one = new EncodedBatch(3);
      one.append(all, b);
      float[] alone = new float[3 * 8];
      scheme.gather(one, numbered, alone);
      assertThat(Arrays.copyOfRange(x, b * 24, (b + 1) * 24)).containsExactly(alone);
    }
  }

  @Test
  void scatterIsTheTransposeOfGather() {
    EncodedBatch batch = batch();
    SplittableRandom random = new SplittableRandom(3);
    float[] table = new float[(int) ROWS * 2];
    for (int i = 0; i < table.length; i++) {
      table[i] = (float) random.nextDouble(-1, 1);
    }
    TableSnapshot.Builder builder = TableSnapshot.initial(ROWS, 2, new InitialRows(0, 0, 0)).with();
    for (int r = 0; r < ROWS; r++) {
      builder.put(r, table, 2 * r);
    }
    float[] x = new float[2 * 3 * 8];
    scheme.gather(batch, builder.build(), x);
    float[] dx = new float[x.length];
    double left = 0;
    for (int i = 0; i < x.length; i++) {
      dx[i] = (float) random.nextDouble(-1, 1);
      left += x[i] * dx[i];
    }
    RowGradients gradients = new RowGradients(2);
    scheme.scatter(batch, dx, gradients);
    double right = 0;
    for (int e = 0; e < gradients.size(); e++) {
      int row = (int) gradients.row(e);
      right += gradients.values()[2 * e] * table[2 * row];
      right += gradients.values()[2 * e + 1] * table[2 * row + 1];
    }
    assertThat(right).isCloseTo(left, within(1e-5));
  }

  @Test
  void sumsTheGradientsOfARowThatOccursTwice() {
    EncodedBatch batch = new EncodedBatch(3);
    for (int i = 0; i < 2; i++) {
      EncodedBatch.Appender example = batch.append();
      example.add(11, 1);
      example.endField();
      example.endField();
      example.endField();
      example.commit();
    }
    float[] dx = new float[48];
    dx[0] = 3;
    dx[24] = 4;
    RowGradients gradients = new RowGradients(2);
    scheme.scatter(batch, dx, gradients);
    assertThat(gradients.size()).isEqualTo(4);
    assertThat(gradients.values()[0]).isEqualTo(7);
  }

  @Test
  void refusesLookupsThatDoNotFit() {
    assertThatThrownBy(() -> new UnifiedEmbedding(100, 12, new int[] {2, 3}))
        .hasMessage("lookups[0]: 2, expected a divisor of the largest, 3");
    assertThatThrownBy(() -> new UnifiedEmbedding(100, 8, new int[] {3}))
        .hasMessage("dim: 8, expected a positive multiple of the largest number of lookups 3");
    assertThatThrownBy(() -> new UnifiedEmbedding(100, 8, new int[] {4, 0}))
        .hasMessageContaining("lookups[1]: 0");
    assertThatThrownBy(() -> new UnifiedEmbedding(100, 8, new int[0]))
        .hasMessageContaining("lookups: none");
  }

  private static EncodedBatch batch() {
    EncodedBatch batch = new EncodedBatch(3);
    EncodedBatch.Appender example = batch.append();
    example.add(11, 1);
    example.endField();
    example.add(21, 0.5f);
    example.add(22, 2);
    example.endField();
    example.endField();
    example.commit();
    example = batch.append();
    example.add(12, 1);
    example.endField();
    example.add(21, 1);
    example.endField();
    example.add(31, 1);
    example.endField();
    example.commit();
    return batch;
  }
}
