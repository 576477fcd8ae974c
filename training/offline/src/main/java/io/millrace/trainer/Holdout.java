package io.millrace.trainer;

import io.millrace.bits.SplitMix64;
import io.millrace.trained.LabeledExamples;
import java.util.Arrays;
import java.util.Locale;

/**
 * Training examples of which a part is kept back to decide when to stop: the same one whenever the
 * examples are the same.
 *
 * @param train the others, in their order
 * @param valid the part
 * @param sentence what was kept back, for people
 */
public record Holdout(LabeledExamples train, LabeledExamples valid, String sentence) {
  private static final int FEW = 1_000;

  /**
   * Keeps a tenth of the examples back; of fewer than 10,000 up to 1,000, but a fifth at most.
   *
   * @param inTimeOrder whether examples stand in the order of time: the last ones are kept back
   *     then, since that is how the model will be used; else each class gives its share, chosen by
   *     a hash of the examples' numbers
   * @throws IllegalArgumentException if there are too few examples
   */
  public static Holdout of(LabeledExamples all, boolean inTimeOrder) {
    int n = all.size();
    int size = Math.max(n / 10, Math.min(FEW, n / 5));
    if (size == 0) {
      throw new IllegalArgumentException(
          n + " examples, expected at least 5, to keep some back for validation");
    }
    boolean[] kept = new boolean[n];
    if (inTimeOrder) {
      Arrays.fill(kept, n - size, n, true);
    } else {
      int positives = all.positives();
      int ofPositives = share(positives, size, n);
      keep(all, 1, ofPositives, kept);
      keep(all, 0, Math.min(size - ofPositives, n - positives), kept);
    }
    LabeledExamples train = all.part(i -> !kept[i]);
    LabeledExamples valid = all.part(i -> kept[i]);
    return new Holdout(
        train,
        valid,
        String.format(
            Locale.ROOT,
            "no --valid: %s of --train decide when to stop, %,d of %,d rows",
            inTimeOrder ? "the last rows" : "rows chosen by a hash of their number",
            valid.size(),
            n));
  }

  /** At least one on each side, if there are two. */
  private static int share(int positives, int size, int n) {
    int share = (int) Math.round((double) positives * size / n);
    return positives < 2 ? 0 : Math.max(1, Math.min(positives - 1, share));
  }

  /** Marks those of a class with the lowest hashes. */
  private static void keep(LabeledExamples all, int label, int count, boolean[] kept) {
    long[] hashes = new long[all.size()];
    int n = 0;
    for (int i = 0; i < all.size(); i++) {
      if (all.label(i) == label) {
        hashes[n++] = SplitMix64.mix(i + 1L);
      }
    }
    if (count == 0) {
      return;
    }
    Arrays.sort(hashes, 0, n);
    long last = hashes[count - 1];
    for (int i = 0; i < all.size(); i++) {
      if (all.label(i) == label && SplitMix64.mix(i + 1L) <= last) {
        kept[i] = true;
      }
    }
  }
}
