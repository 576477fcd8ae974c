package io.millrace.ranking;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks about: candidates, and the context that they share.
 *
 * @param context features of every candidate
 * @param all in the request's order, at least one
 */
public record Candidates(GivenFeatures context, List<Candidate> all) {

  /** No request has more. */
  public static final int MAX = 10_000;

  /**
   * One candidate.
   *
   * @param features its own features
   * @param id the caller's name for it, or null
   * @param bid what its score multiplies the probability with
   */
  public record Candidate(GivenFeatures features, @Nullable String id, double bid) {}

  /** How many there are. */
  public int size() {
    return all.size();
  }

  /** The place of a feature of a candidate in the body. */
  String placeOf(int index, String feature) {
    GivenFeatures own = all.get(index).features();
    return own.values().containsKey(feature) || !context.values().containsKey(feature)
        ? own.at(feature)
        : context.at(feature);
  }

  /** A feature of a candidate as the request gives it, or {@code otherwise} if it does not. */
  @Nullable Object valueOf(int index, String feature, @Nullable Object otherwise) {
    Map<String, Object> own = all.get(index).features().values();
    Map<String, Object> values = own.containsKey(feature) ? own : context.values();
    return values.containsKey(feature) ? values.get(feature) : otherwise;
  }

  /** A feature that the context has, or all candidates alike; null if there is none. */
  @Nullable Object shared(String feature) {
    Object value = context.values().get(feature);
    if (value != null) {
      return value;
    }
    Object first = all.get(0).features().values().get(feature);
    for (int i = 1; first != null && i < all.size(); i++) {
      if (!first.equals(all.get(i).features().values().get(feature))) {
        return null;
      }
    }
    return first;
  }

  /**
   * Requires that a candidate repeats nothing that the context says.
   *
   * @throws InvalidRequestException if one does
   */
  void checkApart(int index) {
    GivenFeatures own = all.get(index).features();
    for (Map.Entry<String, Object> feature : own.values().entrySet()) {
      if (context.values().get(feature.getKey()) != null) {
        throw InvalidRequestException.field(
            own.at(feature.getKey()),
            "either in context or in the candidate, not in both",
            feature.getValue());
      }
    }
  }
}
