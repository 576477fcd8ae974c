package io.millrace.explanation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model makes of many examples: means over them. What a kind doesn't have is null.
 *
 * @param kind of the model
 * @param fields all fields, largest mean magnitude of effect first
 * @param pairs for fm and deepfm: pairs of fields, largest mean magnitude of product first
 * @param attention for autoint and autoint+
 * @param interactions for armnet and armnet+ with α above 1: every set of fields that was some
 *     neuron's support in some example, most frequent first
 * @param leftOut how many elements of which list {@link #top} has cut off
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record GlobalExplanation(
    String kind,
    int examples,
    List<Field> fields,
    @Nullable List<Pair> pairs,
    @Nullable Attention attention,
    @Nullable List<Interaction> interactions,
    Map<String, Integer> leftOut) {

  /**
   * A field's part; see {@link Explanation.Field}.
   *
   * @param effect mean magnitude
   * @param linear mean magnitude
   * @param importance mean
   * @param attention mean
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Field(
      String field,
      double effect,
      @Nullable Double linear,
      @Nullable Double importance,
      @Nullable Double attention) {}

  /** Two fields, and the mean magnitude of the product of their factors. */
  public record Pair(List<String> fields, double product) {}

  /**
   * Attention between fields.
   *
   * @param fields F, in the order of the schema
   * @param mean [F, F] over examples, layers and heads: what each row's field paid to each column's
   */
  @SuppressWarnings("ArrayRecordComponent") // written as JSON, never compared
  public record Attention(List<String> fields, double[][] mean) {}

  /**
   * A set of fields that neurons cross.
   *
   * @param fields by name, in the order of the schema
   * @param order how many fields
   * @param frequency mean number of neurons per example whose support is exactly this set
   * @param weight mean Σ |w| of these neurons
   */
  public record Interaction(List<String> fields, int order, double frequency, double weight) {}

  public GlobalExplanation {
    fields = List.copyOf(fields);
    pairs = pairs == null ? null : List.copyOf(pairs);
    interactions = interactions == null ? null : List.copyOf(interactions);
    leftOut = Map.copyOf(leftOut);
  }

  /** The same with at most {@code k} pairs and {@code k} interactions. */
  public GlobalExplanation top(int k) {
    Map<String, Integer> left = new LinkedHashMap<>();
    return new GlobalExplanation(
        kind,
        examples,
        fields,
        pairs == null ? null : Cut.top("pairs", pairs, k, left),
        attention,
        interactions == null ? null : Cut.top("interactions", interactions, k, left),
        left);
  }
}
