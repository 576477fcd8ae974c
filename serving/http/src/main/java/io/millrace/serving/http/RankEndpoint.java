package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpStatus;
import io.millrace.ranking.Candidates;
import io.millrace.ranking.Candidates.Candidate;
import io.millrace.ranking.Deadline;
import io.millrace.ranking.RankAnswer;
import io.millrace.ranking.RankRequest;
import io.millrace.ranking.RankingService;
import io.millrace.ranking.RequestArms;
import io.millrace.ranking.RunningExperiments;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** {@code POST /v1/rank}. Safe for use by many threads. */
record RankEndpoint(RankingService rankings, RunningExperiments experiments) {

  CompletionStage<RankAnswer> answer(byte[] json, Deadline deadline) {
    RequestObject body = RequestObject.parse(json);
    String asked = body.string("model");
    String named = rankings.models().named(asked).name();
    Candidates candidates = candidates(body);
    RequestArms arms = experiments.of(asked, body.strings("experiments"), candidates);
    String model = arms.model() == null ? named : rankings.models().named(arms.model()).name();
    int all = Math.min(candidates.size(), RankRequest.MAX_K);
    int k = body.integer("k", all, 1, RankRequest.MAX_K);
    return rankings.answer(
        new RankRequest(model, candidates, k, body.bool("log", true), arms), deadline);
  }

  private static Candidates candidates(RequestObject body) {
    body.allow("model", "context", "candidates", "k", "log", "experiments");
    RequestObject context = body.object("context");
    List<Candidate> all = new ArrayList<>();
    for (RequestObject candidate : body.objects("candidates", Candidates.MAX)) {
      candidate.allow("id", "bid", "features");
      all.add(
          new Candidate(
              candidate.object("features").asFeatures(),
              candidate.string("id"),
              candidate.amount("bid", 1)));
    }
    return new Candidates(context.asFeatures(), all);
  }

  /** Sends a request the whole way from its JSON to the answer's. */
  static Runnable roundTrip(RankingService rankings, RankRequest request) {
    RankEndpoint endpoint = new RankEndpoint(rankings, new RunningExperiments(rankings.models()));
    byte[] body = JsonAnswers.bytes(body(request));
    return () -> {
      RankAnswer answer = endpoint.answer(body, Deadline.NONE).toCompletableFuture().join();
      var unused = JsonAnswers.of(HttpStatus.OK, answer);
    };
  }

  private static Map<String, Object> body(RankRequest request) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("model", request.model());
    body.put("context", request.candidates().context().values());
    body.put("k", request.k());
    body.put("log", request.log());
    body.put(
        "candidates",
        request.candidates().all().stream()
            .map(candidate -> Map.of("features", candidate.features().values()))
            .toList());
    return body;
  }
}
