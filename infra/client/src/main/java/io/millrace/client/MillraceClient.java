package io.millrace.client;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A running server: asks it for rankings and probabilities, and tells it what happened. What it
 * answers is described by its {@code /openapi.json}. Safe for use by many threads.
 */
public final class MillraceClient {
  /** What a server is called where it does not answer, and how it is asked. */
  public static final ApiDescription API =
      new ApiDescription(
          "server",
          "expected one started by 'millrace up' or 'millrace demo'",
          "application/json",
          Duration.ofSeconds(10));

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  /** What the server answers to events: all, some or none of them were accepted. */
  private static final Set<Integer> OF_EVENTS = Set.of(200, 207, 400);

  private final JsonApi api;

  /**
   * @param server its address, for example {@code http://127.0.0.1:8080}
   * @param failure makes an exception of the sentence that says what went wrong
   */
  public MillraceClient(URI server, Function<String, ? extends RuntimeException> failure) {
    this.api = new JsonApi(server, API, failure);
  }

  /**
   * Candidates to be ranked.
   *
   * @param model by its name, or null for the server's first
   * @param context features of every candidate
   * @param k how many are wanted, or null for all
   * @param log whether those that are answered are logged as shown; null means that they are
   */
  public record RankRequest(
      @Nullable String model,
      Map<String, ?> context,
      List<Candidate> candidates,
      @Nullable Integer k,
      @Nullable Boolean log) {

    /** All of them, logged, by the server's first model. */
    public static RankRequest of(Map<String, ?> context, List<Candidate> candidates) {
      return new RankRequest(null, context, candidates, null, null);
    }
  }

  /**
   * One candidate.
   *
   * @param id repeated in the answer, or null
   * @param bid what the probability is multiplied with, or null for 1
   * @param features its own
   */
  public record Candidate(@Nullable String id, @Nullable Double bid, Map<String, ?> features) {}

  /**
   * A ranking.
   *
   * @param version of the model
   * @param logged whether Kafka had acknowledged the impressions in time
   * @param experiments what the request got of each experiment, by key; null where it had to do
   *     with none
   * @param results by falling score
   */
  public record Ranking(
      String model,
      long version,
      boolean logged,
      @Nullable Map<String, InExperiment> experiments,
      List<Ranked> results) {}

  /**
   * What a request got of an experiment.
   *
   * @param arm its name, or null if the request is in none
   * @param value what the arm's units get, of a model its name; or null
   * @param why it is so, in a word
   */
  public record InExperiment(@Nullable String arm, @Nullable JsonNode value, String why) {}

  /**
   * One result.
   *
   * @param impressionId what outcomes name
   * @param index of the candidate in the request, from 0
   */
  public record Ranked(
      String impressionId, @Nullable String id, int index, double probability, double score) {}

  /** Something that happened. */
  public sealed interface Event permits Shown, Happened {}

  /**
   * An item was shown, by somebody else than the server's rankings.
   *
   * @param time milliseconds since 1970, or null for now
   */
  public record Shown(String impressionId, @Nullable Long time, Map<String, ?> features)
      implements Event {

    /** As the server reads it. */
    public String getType() {
      return "impression";
    }
  }

  /**
   * What came of an impression.
   *
   * @param type {@code click}, or another outcome that the server joins
   * @param time milliseconds since 1970, or null for now
   * @param value what it is worth, or null
   * @param retracted whether it is taken back; null means that it is not
   */
  public record Happened(
      String type,
      String impressionId,
      @Nullable Long time,
      @Nullable Double value,
      @Nullable Boolean retracted)
      implements Event {

    /** A click, now. */
    public static Happened click(String impressionId) {
      return new Happened("click", impressionId, null, null, null);
    }
  }

  /**
   * What became of events.
   *
   * @param errors one for each rejected event
   */
  public record Taken(int accepted, int rejected, List<Problem> errors) {}

  /**
   * Why an event was rejected.
   *
   * @param index of the event among those sent, from 0
   */
  public record Problem(int index, String reason, String message) {}

  /** Ranks; the future completes with the failure that says why not. */
  public CompletableFuture<Ranking> rank(RankRequest request) {
    return rank(json(request));
  }

  /** Ranks by a request's JSON. */
  public CompletableFuture<Ranking> rank(String json) {
    return api.postLater("/v1/rank", json)
        .thenApply(answer -> answer.as("a ranking", body -> read(body, Ranking.class)));
  }

  /** Tells what happened; returns once the server has it for sure. */
  public CompletableFuture<Taken> send(List<? extends Event> events) {
    return send(json(Map.of("events", events)));
  }

  /** Tells what happened by a request's JSON. */
  public CompletableFuture<Taken> send(String json) {
    return api.postLater("/v1/events", json)
        .thenApply(
            answer ->
                OF_EVENTS.contains(answer.status()) && answer.json().has("accepted")
                    ? read(answer.json(), Taken.class)
                    : answer.as("what became of events", body -> read(body, Taken.class)));
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("what is sent cannot be written as JSON", e);
    }
  }

  private static <T> T read(JsonNode body, Class<T> as) {
    try {
      return JSON.treeToValue(body, as);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getOriginalMessage(), e);
    }
  }
}
