package io.millrace.e2e;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an answer to a fuzzed request must be, whatever was asked. */
final class FuzzedAnswer {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern NOT_FINITE = Pattern.compile("(?m) [+-]?(NaN|Inf|Infinity)$");

  private FuzzedAnswer() {}

  /** What is wrong with an answer, if anything is. */
  static Optional<String> fault(FuzzRequests.Kind kind, RawHttp.Answer answer) {
    int status = answer.status();
    if (status < 0) {
      return Optional.of("no answer within 30 s");
    }
    boolean busy = status == 503 && answer.headers().containsKey("retry-after");
    if (busy) {
      return Optional.empty();
    }
    if (status >= 500 || !kind.right().contains(status)) {
      return Optional.of(
          "status %d, expected one of %s: %s".formatted(status, kind.right(), answer.body()));
    }
    String type = answer.headers().getOrDefault("content-type", "");
    if (answer.body().isEmpty()) {
      return Optional.empty();
    }
    if (!type.startsWith("application/json")) {
      return type.startsWith("text/plain") && NOT_FINITE.matcher(answer.body()).find()
          ? Optional.of("a number that is not finite: " + answer.body())
          : Optional.empty();
    }
    try {
      JsonNode body = MAPPER.readTree(answer.body());
      if (status >= 400 && body.at("/error/message").asText().isEmpty()) {
        return Optional.of("status " + status + " without a message: " + answer.body());
      }
      return wrongNumber(body).map(wrong -> wrong + " in " + answer.body());
    } catch (JsonProcessingException e) {
      return Optional.of("no JSON (" + e.getOriginalMessage() + "): " + answer.body());
    }
  }

  private static Optional<String> wrongNumber(JsonNode node) {
    if (node.isNumber() && !Double.isFinite(node.asDouble())) {
      return Optional.of("a number that is not finite");
    }
    JsonNode probability = node.get("probability");
    if (probability != null
        && !(probability.isNumber()
            && probability.asDouble() >= 0
            && probability.asDouble() <= 1)) {
      return Optional.of("probability " + probability);
    }
    for (JsonNode child : node) {
      Optional<String> wrong = wrongNumber(child);
      if (wrong.isPresent()) {
        return wrong;
      }
    }
    return Optional.empty();
  }
}
