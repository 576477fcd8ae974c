package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.Sigmoid;
import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A policy shows its favourites first, and what is shown first is clicked more. With positions as a
 * feature, candidates compared at the same one are in the order of what they are worth.
 */
class PositionBiasTest {
  private static final int ADS = 20;
  private static final int SLOTS = 10;
  private static final double LOST_A_SLOT = 0.5; // in logits
  private static final double APART = 0.2; // in logits

  private final SplittableRandom random = new SplittableRandom(5);

  /** Worth rises with the ad's number in one half, the policy prefers the other half. */
  private static double worth(int ad) {
    return -2 + 0.12 * (ad % 10) + (ad < 10 ? 0.3 : 0);
  }

  private int[] shown() {
    double[] preference = new double[ADS];
    Integer[] ads = new Integer[ADS];
    for (int ad = 0; ad < ADS; ad++) {
      ads[ad] = ad;
      preference[ad] = (ad < 10 ? 0 : 1.5) - 0.1 * (ad % 10) + random.nextDouble() * 3;
    }
    Arrays.sort(ads, Comparator.comparingDouble(ad -> -preference[ad]));
    return Arrays.stream(ads).limit(SLOTS).mapToInt(ad -> ad).toArray();
  }

  private static void add(EncodedBatch batch, int ad, int slot, boolean known) {
    EncodedBatch.Appender example = batch.append();
    example.add(1000 + ad, 1);
    example.endField();
    if (known) {
      example.add(5000 + slot, 1);
      example.endField();
    }
    example.commit();
  }

  /** Share of the pairs of ads whose worth is apart that the model puts in its order. */
  private double rightPairs(ModelKind kind, boolean known) {
    FeatureSchema schema = TestSchemas.categoricals(known ? 2 : 1);
    ModelConfig config = ModelConfig.defaults(kind, "test", schema);
    EncodedBatch batch = new EncodedBatch(known ? 2 : 1);
    float[] probabilities = new float[ADS];
    try (CompiledModel compiled = CompiledModel.of(config, schema);
        Learner learner = new Learner(compiled, Long.MAX_VALUE)) {
      for (int ranking = 0; ranking < 20_000; ranking++) {
        int[] ads = shown();
        byte[] labels = new byte[SLOTS];
        batch.clear();
        for (int slot = 0; slot < SLOTS; slot++) {
          add(batch, ads[slot], slot, known);
          double p = Sigmoid.of(worth(ads[slot]) - LOST_A_SLOT * slot);
          labels[slot] = (byte) (random.nextDouble() < p ? 1 : 0);
        }
        learner.learn(batch, labels, probabilities);
      }
      batch.clear();
      for (int ad = 0; ad < ADS; ad++) {
        add(batch, ad, 0, known);
      }
      learner.learn(batch, new byte[ADS], probabilities);
    }
    double right = 0;
    int pairs = 0;
    for (int a = 0; a < ADS; a++) {
      for (int b = 0; b < ADS; b++) {
        if (worth(a) > worth(b) + APART) {
          pairs++;
          right += probabilities[a] > probabilities[b] ? 1 : 0;
        }
      }
    }
    return right / pairs;
  }

  @ParameterizedTest
  @EnumSource(names = {"LR", "FM"})
  void atOnePositionTheOrderIsThatOfWorth(ModelKind kind) {
    assertThat(rightPairs(kind, true)).isGreaterThan(0.9);
    assertThat(rightPairs(kind, false)).as("without positions").isLessThan(0.8);
  }
}
