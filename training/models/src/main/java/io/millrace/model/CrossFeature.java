package io.millrace.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What one neuron of an ARM-Net made of one example: the product of powers {@code Π_j exp(e_j)^w_j}
 * over the fields whose gate it opened.
 *
 * @param head of the neuron, from 0
 * @param neuron within its head, from 0
 * @param terms its fields with their powers, largest magnitude first
 */
public record CrossFeature(int head, int neuron, List<Term> terms) {

  /**
   * A field of a cross feature.
   *
   * @param field index of the field
   * @param gate how much of the neuron's choice fell on it, above 0, at most 1
   * @param weight its power w: gate times learned value
   */
  public record Term(int field, float gate, float weight) {}

  public CrossFeature {
    terms = List.copyOf(terms);
  }

  /** How many fields it crosses. */
  public int order() {
    return terms.size();
  }

  /** Σ |w| over its fields. */
  public float weight() {
    float sum = 0;
    for (Term term : terms) {
      sum += Math.abs(term.weight());
    }
    return sum;
  }

  /** Its fields as a set: bit f stands for field f; for models of up to 64 fields. */
  public long support() {
    long mask = 0;
    for (Term term : terms) {
      if (term.field() > 63) {
        throw new IllegalStateException("field: " + term.field() + ", expected 0 to 63 in a mask");
      }
      mask |= 1L << term.field();
    }
    return mask;
  }

  /**
   * The cross features of each example, neuron by neuron.
   *
   * @param gates [B, F, K·o]
   * @param powers [B, F, K·o]
   * @throws IllegalArgumentException if α is 1: all gates are open then, and no field is chosen
   */
  public static List<List<CrossFeature>> of(
      ArmNetConfig config, float[] gates, float[] powers, int batch) {
    if (config.alpha() == 1) {
      throw new IllegalArgumentException("alpha: 1, expected more: with 1 no gate ever closes");
    }
    int neurons = config.totalNeurons();
    int fields = gates.length / batch / neurons;
    List<List<CrossFeature>> examples = new ArrayList<>();
    for (int b = 0; b < batch; b++) {
      List<CrossFeature> features = new ArrayList<>();
      for (int n = 0; n < neurons; n++) {
        List<Term> terms = new ArrayList<>();
        for (int f = 0; f < fields; f++) {
          int at = (b * fields + f) * neurons + n;
          if (gates[at] > 0) {
            terms.add(new Term(f, gates[at], powers[at]));
          }
        }
        terms.sort(Comparator.comparing((Term term) -> -Math.abs(term.weight())));
        features.add(new CrossFeature(n / config.neurons(), n % config.neurons(), terms));
      }
      examples.add(List.copyOf(features));
    }
    return examples;
  }

  /**
   * How much each field counts in one prediction: the sum of its powers' magnitudes over the
   * neurons.
   *
   * @param features of one example
   * @return [F]
   */
  public static float[] importance(List<CrossFeature> features, int fields) {
    float[] sum = new float[fields];
    for (CrossFeature feature : features) {
      for (Term term : feature.terms()) {
        sum[term.field()] += Math.abs(term.weight());
      }
    }
    return sum;
  }
}
