package io.millrace.serving;

import com.linecorp.armeria.common.HttpStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One candidate of a request: its features joined with the request's context.
 *
 * @param index its place in the request, from 0
 * @param path where its own features are in the body, for error messages
 * @param own the names of its own features; others came from the context
 * @param features all features, as parsed JSON
 * @param id the caller's name for it, or null
 * @param bid what its score multiplies the probability with
 */
record Candidate(
    int index,
    String path,
    Map<String, Object> own,
    Map<String, Object> features,
    @Nullable String id,
    double bid) {

  /** No request has more. */
  static final int MAX_CANDIDATES = 10_000;

  /** The candidates of {@code POST /v1/predict}. */
  static List<Candidate> ofPredict(RequestObject body) {
    body.allow("model", "context", "candidates", "features", "explain", "explainTop");
    RequestObject context = body.object("context");
    if (body.has("features") == body.has("candidates")) {
      throw RequestException.of(
          HttpStatus.BAD_REQUEST,
          "expected either candidates (an array of objects) or features (one object)");
    }
    if (body.has("features")) {
      return List.of(join(0, context, body.object("features"), null, 1));
    }
    List<Candidate> candidates = new ArrayList<>();
    for (RequestObject features : body.objects("candidates", MAX_CANDIDATES)) {
      candidates.add(join(candidates.size(), context, features, null, 1));
    }
    return candidates;
  }

  /** The candidates of {@code POST /v1/rank}. */
  static List<Candidate> ofRank(RequestObject body) {
    body.allow("model", "context", "candidates", "k", "log");
    RequestObject context = body.object("context");
    List<Candidate> candidates = new ArrayList<>();
    for (RequestObject candidate : body.objects("candidates", MAX_CANDIDATES)) {
      candidate.allow("id", "bid", "features");
      candidates.add(
          join(
              candidates.size(),
              context,
              candidate.object("features"),
              candidate.string("id"),
              candidate.amount("bid", 1)));
    }
    return candidates;
  }

  /** The place of a feature in the body. */
  String placeOf(String feature) {
    return own.containsKey(feature) || !features.containsKey(feature)
        ? path + "." + feature
        : "context." + feature;
  }

  private static Candidate join(
      int index, RequestObject context, RequestObject features, @Nullable String id, double bid) {
    Map<String, Object> joined = new HashMap<>(context.values());
    for (Map.Entry<String, Object> feature : features.values().entrySet()) {
      if (joined.put(feature.getKey(), feature.getValue()) != null) {
        throw RequestException.field(
            features.at(feature.getKey()),
            "either in context or in the candidate, not in both",
            feature.getValue());
      }
    }
    return new Candidate(index, features.path(), features.values(), joined, id, bid);
  }
}
