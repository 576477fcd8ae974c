package io.millrace.model;

import io.millrace.model.kernel.FactorizationMachine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What made one logit, by field.
 *
 * @param logit as predicted
 * @param effects [F]: the logit less what it would be if the field had no value (occlusion); every
 *     kind has them, and only those of lr add up to the logit
 * @param detail what the model's own structure says
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Reasons(float logit, float[] effects, Detail detail) {

  /** What a kind of model shows of its inside. */
  public sealed interface Detail permits None, Terms, Attention, Crosses {}

  /** A model that shows nothing. */
  public record None() implements Detail {}

  /**
   * A logit as a sum: {@code rest + Σ linear + Σ products}.
   *
   * @param linear [F] weight times value of each field
   * @param pairs products of each two fields' factors, largest magnitude first; none for lr
   * @param rest the bias of lr and fm, the perceptron's logit of deepfm
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Terms(float[] linear, List<Pair> pairs, float rest) implements Detail {
    public Terms {
      pairs = List.copyOf(pairs);
    }

    /**
     * The terms of a factorization machine, in the layout of {@link FactorizationMachine}.
     *
     * @param x [F, D]
     * @param chunk W
     */
    public static Terms ofMachine(float[] x, int fields, int dim, int chunk, float rest) {
      float[] linear = new float[fields];
      List<Pair> pairs = new ArrayList<>();
      for (int f = 0; f < fields; f++) {
        for (int c = 0; c < dim; c += chunk) {
          linear[f] += x[f * dim + c];
        }
        for (int g = f + 1; g < fields; g++) {
          double product = 0;
          for (int i = 0; i < dim; i++) {
            if (i % chunk != 0) {
              product += (double) x[f * dim + i] * x[g * dim + i];
            }
          }
          pairs.add(new Pair(f, g, (float) product));
        }
      }
      pairs.sort(Comparator.comparing((Pair pair) -> -Math.abs(pair.product())));
      return new Terms(linear, pairs, rest);
    }
  }

  /** The product of two fields' factors; {@code first < second}. */
  public record Pair(int first, int second, float product) {}

  /**
   * The attention of an AutoInt.
   *
   * @param weights [L, H, F, F] of layers, heads, attending fields and fields attended to: each row
   *     sums to 1, that of a field without a value to 0
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Attention(float[][][][] weights) implements Detail {

    /** Mean over layers and heads [F, F]; its rows sum to 1 or 0. */
    public double[][] mean() {
      int fields = weights[0][0].length;
      int matrices = weights.length * weights[0].length;
      double[][] mean = new double[fields][fields];
      for (float[][][] layer : weights) {
        for (float[][] head : layer) {
          for (int f = 0; f < fields; f++) {
            for (int g = 0; g < fields; g++) {
              mean[f][g] += head[f][g] / (double) matrices;
            }
          }
        }
      }
      return mean;
    }
  }

  /**
   * The cross features of an ARM-Net.
   *
   * @param features of all neurons, largest weight first ({@link CrossFeature#weight})
   * @param importance [F]: see {@link CrossFeature#importance}
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  public record Crosses(List<CrossFeature> features, float[] importance) implements Detail {
    public Crosses {
      features = List.copyOf(features);
    }
  }
}
