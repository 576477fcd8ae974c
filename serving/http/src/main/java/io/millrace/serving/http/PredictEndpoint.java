package io.millrace.serving.http;

import io.millrace.ranking.Candidates;
import io.millrace.ranking.Candidates.Candidate;
import io.millrace.ranking.Deadline;
import io.millrace.ranking.Explanations;
import io.millrace.ranking.PredictAnswer;
import io.millrace.ranking.PredictRequest;
import io.millrace.ranking.PredictionService;
import io.millrace.ranking.RequestArms;
import io.millrace.ranking.RunningExperiments;
import java.util.ArrayList;
import java.util.List;

/** {@code POST /v1/predict}. Safe for use by many threads. */
record PredictEndpoint(PredictionService predictions, RunningExperiments experiments) {

  PredictAnswer answer(byte[] json, Deadline deadline) {
    RequestObject body = RequestObject.parse(json);
    String asked = body.string("model");
    String named = predictions.models().named(asked).name();
    Candidates candidates = candidates(body);
    RequestArms arms = experiments.of(asked, body.strings("experiments"), candidates);
    String model = arms.model() == null ? named : predictions.models().named(arms.model()).name();
    return predictions.answer(
        new PredictRequest(model, candidates, explanations(body, candidates.size()), arms),
        deadline);
  }

  /** The candidates, or the one whose features are given. */
  static Candidates candidates(RequestObject body) {
    body.allow(
        "model", "context", "candidates", "features", "explain", "explainTop", "experiments");
    RequestObject context = body.object("context");
    if (body.has("features") == body.has("candidates")) {
      throw RequestException.badRequest(
          "expected either candidates (an array of objects) or features (one object)");
    }
    List<Candidate> all = new ArrayList<>();
    if (body.has("features")) {
      all.add(new Candidate(body.object("features").asFeatures(), null, 1));
    } else {
      for (RequestObject features : body.objects("candidates", Candidates.MAX)) {
        all.add(new Candidate(features.asFeatures(), null, 1));
      }
    }
    return new Candidates(context.asFeatures(), all);
  }

  /** {@code "explain": true}, and {@code "explainTop"} for the length of its lists. */
  private static Explanations explanations(RequestObject body, int candidates) {
    boolean wanted = body.bool("explain", false);
    int top = body.integer("explainTop", Explanations.DEFAULT_TOP, 1, Explanations.MAX_TOP);
    if (!wanted && body.has("explainTop")) {
      throw RequestException.field("explainTop", "\"explain\": true beside it", top);
    }
    if (wanted && candidates > Explanations.MAX_CANDIDATES) {
      throw RequestException.field(
          "explain",
          "at most " + Explanations.MAX_CANDIDATES + " candidates with it",
          candidates + " of them");
    }
    return new Explanations(wanted, top);
  }
}
