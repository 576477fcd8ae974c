package io.millrace.serving;

import com.linecorp.armeria.common.HttpStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks about: candidates, and the context that they share.
 *
 * @param context features of every candidate
 * @param all in the request's order, at least one
 */
record Candidates(RequestObject context, List<Candidate> all) {

  /** No request has more. */
  static final int MAX = 10_000;

  /**
   * One candidate.
   *
   * @param features its own features
   * @param id the caller's name for it, or null
   * @param bid what its score multiplies the probability with
   */
  record Candidate(RequestObject features, @Nullable String id, double bid) {}

  /** The candidates of {@code POST /v1/predict}. */
  static Candidates ofPredict(RequestObject body) {
    body.allow("model", "context", "candidates", "features", "explain", "explainTop");
    RequestObject context = body.object("context");
    if (body.has("features") == body.has("candidates")) {
      throw RequestException.of(
          HttpStatus.BAD_REQUEST,
          "expected either candidates (an array of objects) or features (one object)");
    }
    List<Candidate> all = new ArrayList<>();
    if (body.has("features")) {
      all.add(new Candidate(body.object("features"), null, 1));
    } else {
      for (RequestObject features : body.objects("candidates", MAX)) {
        all.add(new Candidate(features, null, 1));
      }
    }
    return new Candidates(context, all);
  }

  /** The candidates of {@code POST /v1/rank}. */
  static Candidates ofRank(RequestObject body) {
    body.allow("model", "context", "candidates", "k", "log");
    RequestObject context = body.object("context");
    List<Candidate> all = new ArrayList<>();
    for (RequestObject candidate : body.objects("candidates", MAX)) {
      candidate.allow("id", "bid", "features");
      all.add(
          new Candidate(
              candidate.object("features"), candidate.string("id"), candidate.amount("bid", 1)));
    }
    return new Candidates(context, all);
  }

  int size() {
    return all.size();
  }

  /** The place of a feature of a candidate in the body. */
  String placeOf(int index, String feature) {
    RequestObject own = all.get(index).features();
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

  /**
   * Requires that a candidate repeats nothing that the context says.
   *
   * @throws RequestException with 400
   */
  void checkApart(int index) {
    RequestObject own = all.get(index).features();
    for (Map.Entry<String, Object> feature : own.values().entrySet()) {
      if (context.values().get(feature.getKey()) != null) {
        throw RequestException.field(
            own.at(feature.getKey()),
            "either in context or in the candidate, not in both",
            feature.getValue());
      }
    }
  }
}
