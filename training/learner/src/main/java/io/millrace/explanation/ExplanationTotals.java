package io.millrace.explanation;

import io.millrace.model.CrossFeature;
import io.millrace.model.Reasons;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sums over explained examples of one model. Not thread-safe. */
public final class ExplanationTotals {
  private final String kind;
  private final List<String> names;
  private final double[] effects;
  private final double[] linear;
  private final double[] importance;
  private final double[] received;
  private final double[][] products;
  private final double[][] attention;
  private final Map<List<Integer>, Support> supports = new HashMap<>();
  private int examples;
  private Reasons.@Nullable Detail last;

  /** How often a set of fields was a neuron's support, and the sum of these neurons' weights. */
  private static final class Support {
    private long neurons;
    private double weight;
  }

  /**
   * @param names of the fields [F]
   */
  public ExplanationTotals(String kind, List<String> names) {
    this.kind = kind;
    this.names = List.copyOf(names);
    int fields = names.size();
    this.effects = new double[fields];
    this.linear = new double[fields];
    this.importance = new double[fields];
    this.received = new double[fields];
    this.products = new double[fields][fields];
    this.attention = new double[fields][fields];
  }

  /** Adds one example. */
  public void add(Reasons reasons) {
    examples++;
    last = reasons.detail();
    FieldParts parts = FieldParts.of(reasons.detail());
    for (int f = 0; f < effects.length; f++) {
      effects[f] += Math.abs(reasons.effects()[f]);
      linear[f] += magnitude(parts.linear(f));
      importance[f] += magnitude(parts.importance(f));
      received[f] += magnitude(parts.attention(f));
    }
    if (reasons.detail() instanceof Reasons.Terms terms) {
      for (Reasons.Pair pair : terms.pairs()) {
        products[pair.first()][pair.second()] += Math.abs(pair.product());
      }
    } else if (reasons.detail() instanceof Reasons.Attention a) {
      double[][] mean = a.mean();
      for (int f = 0; f < mean.length; f++) {
        for (int g = 0; g < mean.length; g++) {
          attention[f][g] += mean[f][g];
        }
      }
    } else if (reasons.detail() instanceof Reasons.Crosses crosses) {
      for (CrossFeature feature : crosses.features()) {
        List<Integer> fields =
            feature.terms().stream().map(CrossFeature.Term::field).sorted().toList();
        Support support = supports.computeIfAbsent(fields, set -> new Support());
        support.neurons++;
        support.weight += feature.weight();
      }
    }
  }

  private static double magnitude(@Nullable Float value) {
    return value == null ? 0 : Math.abs(value);
  }

  /**
   * The means, with nothing cut off.
   *
   * @throws IllegalStateException before the first example
   */
  public GlobalExplanation explanation() {
    if (last == null) {
      throw new IllegalStateException("examples: 0, expected at least 1");
    }
    boolean isSum = last instanceof Reasons.Terms;
    boolean attends = last instanceof Reasons.Attention;
    boolean crosses = last instanceof Reasons.Crosses;
    List<GlobalExplanation.Field> fields = new ArrayList<>();
    for (int f = 0; f < effects.length; f++) {
      fields.add(
          new GlobalExplanation.Field(
              names.get(f),
              effects[f] / examples,
              isSum ? linear[f] / examples : null,
              crosses ? importance[f] / examples : null,
              attends ? received[f] / examples : null));
    }
    fields.sort(Comparator.comparing((GlobalExplanation.Field field) -> -field.effect()));
    boolean hasPairs = last instanceof Reasons.Terms terms && !terms.pairs().isEmpty();
    return new GlobalExplanation(
        kind,
        examples,
        fields,
        hasPairs ? pairs() : null,
        attends ? new GlobalExplanation.Attention(names, means(attention)) : null,
        crosses ? interactions() : null,
        Map.of());
  }

  private List<GlobalExplanation.Pair> pairs() {
    List<GlobalExplanation.Pair> pairs = new ArrayList<>();
    for (int f = 0; f < names.size(); f++) {
      for (int g = f + 1; g < names.size(); g++) {
        pairs.add(
            new GlobalExplanation.Pair(
                List.of(names.get(f), names.get(g)), products[f][g] / examples));
      }
    }
    pairs.sort(Comparator.comparing((GlobalExplanation.Pair pair) -> -pair.product()));
    return pairs;
  }

  private double[][] means(double[][] sums) {
    double[][] means = new double[sums.length][];
    for (int f = 0; f < sums.length; f++) {
      means[f] = sums[f].clone();
      for (int g = 0; g < sums.length; g++) {
        means[f][g] /= examples;
      }
    }
    return means;
  }

  private List<GlobalExplanation.Interaction> interactions() {
    List<GlobalExplanation.Interaction> interactions = new ArrayList<>();
    supports.forEach(
        (fields, support) ->
            interactions.add(
                new GlobalExplanation.Interaction(
                    fields.stream().map(names::get).toList(),
                    fields.size(),
                    (double) support.neurons / examples,
                    support.weight / support.neurons)));
    interactions.sort(
        Comparator.comparing((GlobalExplanation.Interaction i) -> -i.frequency())
            .thenComparing(i -> String.join(",", i.fields())));
    return interactions;
  }
}
