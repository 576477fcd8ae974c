package io.millrace.explanation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.model.CrossFeature;
import io.millrace.model.Reasons;
import io.millrace.model.Sigmoid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One prediction, explained. What a kind doesn't have is null.
 *
 * @param kind of the model
 * @param logit as predicted
 * @param probability its sigmoid
 * @param fields all fields, largest magnitude of effect first
 * @param rest for lr, fm and deepfm: the logit without {@code linear} and {@code pairs}; the bias,
 *     and for deepfm the perceptron's logit
 * @param pairs for fm and deepfm: products of two fields' factors, largest magnitude first
 * @param attention for autoint and autoint+
 * @param crossFeatures for armnet and armnet+ with α above 1, largest weight first
 * @param leftOut how many elements of which list {@link #top} has cut off
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Explanation(
    String kind,
    float logit,
    float probability,
    List<Field> fields,
    @Nullable Float rest,
    @Nullable List<Pair> pairs,
    @Nullable Attention attention,
    @Nullable List<Cross> crossFeatures,
    Map<String, Integer> leftOut) {

  /** Attention weights that an answer holds in full; of larger models it holds the strongest. */
  static final int MAX_MATRIX_VALUES = 4_096;

  /**
   * A field's part.
   *
   * @param value as given, cut at 100 characters; null if none was given
   * @param effect the logit less what it would be if the field's vector were zero
   * @param linear for lr, fm and deepfm: weight times value
   * @param importance for armnet and armnet+: Σ |w| over the neurons
   * @param attention for autoint and autoint+: what the fields paid to it, the mean over layers,
   *     heads and attending fields; over all fields these sum to 1
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Field(
      String field,
      @Nullable String value,
      float effect,
      @Nullable Float linear,
      @Nullable Float importance,
      @Nullable Float attention) {}

  /** The product of two fields' factors. */
  public record Pair(List<String> fields, float product) {}

  /**
   * Attention between fields.
   *
   * @param strongest weights of all layers and heads, largest first
   * @param fields the fields in the order of {@code matrices}
   * @param matrices [L, H, F, F], each row summing to 1; null if they hold too many values
   */
  @SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Attention(
      List<Link> strongest, List<String> fields, float @Nullable [][][][] matrices) {}

  /** What {@code from} paid to {@code to}, in one head of one layer, both from 0. */
  public record Link(int layer, int head, String from, String to, float weight) {}

  /**
   * The product of powers of some fields that one neuron makes.
   *
   * @param order how many fields
   * @param weight Σ |w| of its terms
   */
  public record Cross(int head, int neuron, int order, float weight, List<Term> terms) {}

  /**
   * A field of a cross feature.
   *
   * @param gate how much of the neuron's choice fell on it, above 0, at most 1
   * @param weight its power w
   */
  public record Term(String field, float gate, float weight) {}

  public Explanation {
    fields = List.copyOf(fields);
    pairs = pairs == null ? null : List.copyOf(pairs);
    crossFeatures = crossFeatures == null ? null : List.copyOf(crossFeatures);
    leftOut = Map.copyOf(leftOut);
  }

  /**
   * Puts names to what a model gave.
   *
   * @param names of the fields [F]
   * @param values of the fields as given [F]; null where none was given
   */
  static Explanation of(
      String kind, List<String> names, List<@Nullable String> values, Reasons reasons) {
    FieldParts parts = FieldParts.of(reasons.detail());
    List<Field> fields = new ArrayList<>();
    for (int f = 0; f < names.size(); f++) {
      fields.add(
          new Field(
              names.get(f),
              values.get(f),
              reasons.effects()[f],
              parts.linear(f),
              parts.importance(f),
              parts.attention(f)));
    }
    fields.sort(Comparator.comparing((Field field) -> -Math.abs(field.effect())));
    Float rest = null;
    List<Pair> pairs = null;
    Attention attention = null;
    List<Cross> crosses = null;
    if (reasons.detail() instanceof Reasons.Terms terms) {
      rest = terms.rest();
      if (!terms.pairs().isEmpty()) {
        pairs = terms.pairs().stream().map(pair -> pair(names, pair)).toList();
      }
    } else if (reasons.detail() instanceof Reasons.Attention a) {
      attention = new Attention(links(names, a.weights()), names, a.weights());
    } else if (reasons.detail() instanceof Reasons.Crosses c) {
      crosses = c.features().stream().map(feature -> cross(names, feature)).toList();
    }
    return new Explanation(
        kind,
        reasons.logit(),
        (float) Sigmoid.of(reasons.logit()),
        fields,
        rest,
        pairs,
        attention,
        crosses,
        Map.of());
  }

  private static Pair pair(List<String> names, Reasons.Pair pair) {
    return new Pair(List.of(names.get(pair.first()), names.get(pair.second())), pair.product());
  }

  private static List<Link> links(List<String> names, float[][][][] weights) {
    List<Link> links = new ArrayList<>();
    for (int l = 0; l < weights.length; l++) {
      for (int h = 0; h < weights[l].length; h++) {
        for (int f = 0; f < names.size(); f++) {
          for (int g = 0; g < names.size(); g++) {
            links.add(new Link(l, h, names.get(f), names.get(g), weights[l][h][f][g]));
          }
        }
      }
    }
    links.sort(Comparator.comparing((Link link) -> -link.weight()));
    return links;
  }

  private static Cross cross(List<String> names, CrossFeature feature) {
    return new Cross(
        feature.head(),
        feature.neuron(),
        feature.order(),
        feature.weight(),
        feature.terms().stream()
            .map(term -> new Term(names.get(term.field()), term.gate(), term.weight()))
            .toList());
  }

  /**
   * The same with at most {@code k} elements in each list, cross features' terms among them, and
   * without attention matrices of more than 4,096 values: of a bounded size.
   */
  public Explanation top(int k) {
    Map<String, Integer> left = new LinkedHashMap<>();
    List<Field> someFields = Cut.top("fields", fields, k, left);
    List<Pair> somePairs = pairs == null ? null : Cut.top("pairs", pairs, k, left);
    Attention someAttention = null;
    if (attention != null) {
      int values = attention.strongest().size();
      someAttention =
          new Attention(
              Cut.top("attention", attention.strongest(), k, left),
              attention.fields(),
              values > MAX_MATRIX_VALUES ? null : attention.matrices());
    }
    List<Cross> someCrosses = null;
    if (crossFeatures != null) {
      someCrosses =
          Cut.top("crossFeatures", crossFeatures, k, left).stream()
              .map(
                  c ->
                      new Cross(
                          c.head(),
                          c.neuron(),
                          c.order(),
                          c.weight(),
                          c.terms().subList(0, Math.min(k, c.terms().size()))))
              .toList();
    }
    return new Explanation(
        kind, logit, probability, someFields, rest, somePairs, someAttention, someCrosses, left);
  }
}
