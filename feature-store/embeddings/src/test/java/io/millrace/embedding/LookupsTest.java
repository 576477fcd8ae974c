package io.millrace.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.EncodedBatch;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LookupsTest {
  private static final UnifiedEmbedding SCHEME =
      new UnifiedEmbedding(300, 8, new int[] {1, 2, 4, 4});

  private final LearnerTable table = new LearnerTable(300, 2, 0, new InitialRows(5, 1, 0));
  private final Lookups lookups = new Lookups();

  /** Fields of none, one or more tokens, of which examples share many. */
  private static EncodedBatch batch(SplittableRandom random, int size) {
    EncodedBatch batch = new EncodedBatch(SCHEME.fields());
    for (int b = 0; b < size; b++) {
      var example = batch.append();
      for (int f = 0; f < SCHEME.fields(); f++) {
        for (int t = random.nextInt(3); t > 0; t--) {
          example.add(random.nextInt(4), random.nextInt(2) == 0 ? 1 : random.nextFloat());
        }
        example.endField();
      }
      example.commit();
    }
    return batch;
  }

  @Test
  void gathersAndScattersWhatTheSchemeDoesToTheBit() {
    SplittableRandom random = new SplittableRandom(1);
    for (int size : new int[] {1, 7, 90}) {
      EncodedBatch batch = batch(random, size);
      float[] expected = new float[size * 32];
      float[] x = new float[size * 32];
      java.util.Arrays.fill(x, 9);
      SCHEME.gather(batch, table, expected);
      SCHEME.lookUp(batch, lookups);
      lookups.gather(table, 8, x);
      assertThat(x).isEqualTo(expected);

      RowGradients byScheme = new RowGradients(2);
      RowGradients byLookups = new RowGradients(2);
      SCHEME.scatter(batch, x, byScheme);
      lookups.scatter(x, byLookups);
      assertThat(byLookups.size()).isEqualTo(byScheme.size());
      for (int i = 0; i < byScheme.size(); i++) {
        assertThat(byLookups.row(i)).isEqualTo(byScheme.row(i));
        assertThat(byLookups.values()[2 * i]).isEqualTo(byScheme.values()[2 * i]);
        assertThat(byLookups.values()[2 * i + 1]).isEqualTo(byScheme.values()[2 * i + 1]);
      }
    }
  }

  @Test
  void aFieldVectorsWeightCanBeAnother() {
    EncodedBatch batch = new EncodedBatch(4);
    EncodedBatch weighed = new EncodedBatch(4);
    for (int b = 0; b < 2; b++) {
      var example = batch.append();
      var other = weighed.append();
      for (int f = 0; f < 4; f++) {
        for (int t = 0; t < (f == 3 ? 0 : 1); t++) {
          example.add(10 * b + f, 0.5f);
          other.add(10 * b + f, b == 1 && f == 2 || b == 0 && f == 0 ? 7 : 0.5f);
        }
        example.endField();
        other.endField();
      }
      example.commit();
      other.commit();
    }
    SCHEME.lookUp(batch, lookups);
    lookups.weigh(0, 7);
    lookups.weigh(6, 7);
    lookups.weigh(7, 7); // has no row
    float[] x = new float[2 * 32];
    float[] expected = new float[2 * 32];
    lookups.gather(table, 8, x);
    SCHEME.gather(weighed, table, expected);
    assertThat(x).isEqualTo(expected);
    RowGradients scattered = new RowGradients(2);
    RowGradients byScheme = new RowGradients(2);
    lookups.scatter(x, scattered);
    SCHEME.scatter(weighed, x, byScheme);
    assertThat(java.util.Arrays.copyOf(scattered.values(), 2 * scattered.size()))
        .isEqualTo(java.util.Arrays.copyOf(byScheme.values(), 2 * byScheme.size()));
  }

  @Test
  void gathersAgainOnlyWhatHasChanged() {
    EncodedBatch batch = batch(new SplittableRandom(2), 60);
    float[] x = new float[60 * 32];
    SCHEME.lookUp(batch, lookups);
    lookups.gather(table, 8, x);
    RowGradients changed = new RowGradients(2);
    assertThat(lookups.gatherAgain(table, changed, 8, x)).isZero();

    for (long row : new long[] {SCHEME.firstRow(1, 2, 1), SCHEME.firstRow(3, 0, 2), 299}) {
      changed.add(row, 1, new float[] {.1f, .2f}, 0);
    }
    table.update(
        changed,
        (values, at, width, slots, slotAt, gradient, from) -> {
          values[at] += gradient[from];
          values[at + 1] -= gradient[from];
        });
    int again = lookups.gatherAgain(table, changed, 8, x);
    assertThat(again).isBetween(10, 119);
    float[] expected = new float[60 * 32];
    SCHEME.gather(batch, table, expected);
    assertThat(x).isEqualTo(expected);
  }
}
