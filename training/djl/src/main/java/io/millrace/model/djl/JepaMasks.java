package io.millrace.model.djl;

import java.util.SplittableRandom;

/**
 * Which fields of each example of a batch are context, and which are targets: the numbers of fields
 * are drawn once for a batch, the fields for each example. No field is both; all are as likely.
 */
public final class JepaMasks {
  private final int fields;
  private final int contextSize;
  private final int targetSize;
  private final boolean[] context;
  private final boolean[][] targets;

  private JepaMasks(JepaConfig config, int batch, int fields, SplittableRandom random) {
    this.fields = fields;
    int wanted = count(config.contextMin(), config.contextMax(), fields, random);
    this.contextSize = Math.min(wanted, fields - 1);
    int most = fields - contextSize;
    this.targetSize = Math.min(most, count(config.targetMin(), config.targetMax(), fields, random));
    this.context = new boolean[batch * fields];
    this.targets = new boolean[config.targets()][batch * fields];
    int[] order = new int[fields];
    for (int i = 0; i < fields; i++) {
      order[i] = i;
    }
    for (int b = 0; b < batch; b++) {
      shuffle(order, 0, contextSize, random);
      for (int i = 0; i < contextSize; i++) {
        context[b * fields + order[i]] = true;
      }
      for (boolean[] target : targets) {
        shuffle(order, contextSize, targetSize, random);
        for (int i = 0; i < targetSize; i++) {
          target[b * fields + order[contextSize + i]] = true;
        }
      }
    }
  }

  /** The masks of a batch, a function of the seed. */
  static JepaMasks draw(JepaConfig config, int batch, int fields, long seed) {
    return new JepaMasks(config, batch, fields, new SplittableRandom(seed));
  }

  private static int count(double min, double max, int fields, SplittableRandom random) {
    double share = min + (max - min) * random.nextDouble();
    return Math.max(1, (int) Math.round(share * fields));
  }

  /** Puts {@code count} random ones of the elements from {@code from} on at their beginning. */
  private static void shuffle(int[] order, int from, int count, SplittableRandom random) {
    for (int i = from; i < from + count; i++) {
      int j = i + random.nextInt(order.length - i);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }

  /** Fields in each target. */
  int targetSize() {
    return targetSize;
  }

  boolean isContext(int example, int field) {
    return context[example * fields + field];
  }

  boolean isTarget(int target, int example, int field) {
    return targets[target][example * fields + field];
  }
}
