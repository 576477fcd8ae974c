package io.millrace.serving.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.QueryParams;
import io.millrace.journal.JournalException;
import io.millrace.ranking.Deadline;
import io.millrace.serving.http.JsonAnswers.Answer;
import io.millrace.serving.http.flags.OfrepAnswer;
import io.millrace.serving.http.flags.OfrepAnswer.ErrorCode;
import io.millrace.serving.http.flags.OfrepAnswer.Failed;
import io.millrace.serving.http.flags.OfrepFlags;
import io.millrace.serving.http.flags.OfrepStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A request of OFREP: {@code POST /ofrep/v1/evaluate/flags} for all flags, and {@code
 * /ofrep/v1/evaluate/flags/{key}} for one. What fails is told as the protocol tells it; a server
 * that has too much to do says 429.
 *
 * @param key of the flag; null for all
 * @param known tags of answers that the client has
 * @param told tag of the event that made the client ask, or null
 */
record OfrepEndpoint(
    OfrepFlags flags, @Nullable String key, List<String> known, @Nullable String told)
    implements BodyService.Endpoint<Answer> {
  /** Name of the parameter with the tag of an event. */
  static final String EVENT_TAG = "flagConfigEtag";

  private static final ObjectMapper SORTED =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  /** A request for one flag. */
  static OfrepEndpoint one(OfrepFlags flags, @Nullable String key) {
    return new OfrepEndpoint(flags, key, List.of(), null);
  }

  /** A request for all flags. */
  static OfrepEndpoint all(OfrepFlags flags, HttpHeaders headers, QueryParams query) {
    return new OfrepEndpoint(
        flags, null, headers.getAll(HttpHeaderNames.IF_NONE_MATCH), query.get(EVENT_TAG));
  }

  @Override
  public CompletionStage<Answer> answer(byte[] json, Deadline deadline) {
    return CompletableFuture.completedFuture(answer(json));
  }

  private Answer answer(byte[] json) {
    catchUp();
    RequestObject body = RequestObject.parse(json).allow("context");
    Map<String, Object> context;
    try {
      RequestObject given = body.object("context");
      var unused = given.string(OfrepFlags.TARGETING_KEY);
      context = given.values();
    } catch (RequestException e) {
      return failure(HttpStatus.BAD_REQUEST, ErrorCode.INVALID_CONTEXT, e.getMessage());
    }
    if (key == null) {
      return tagged(flags.all(context), context);
    }
    OfrepAnswer answer = flags.one(key, context);
    return answer instanceof Failed failed
        ? Answer.of(
            failed.errorCode() == ErrorCode.FLAG_NOT_FOUND
                ? HttpStatus.NOT_FOUND
                : HttpStatus.BAD_REQUEST,
            failed)
        : Answer.of(HttpStatus.OK, answer);
  }

  /** Another server may have told the client of a change that this one has not seen yet. */
  private void catchUp() {
    if (told == null) {
      return;
    }
    long revision =
        OfrepStream.revision(told)
            .orElseThrow(
                () -> RequestException.field(EVENT_TAG, "the etag of an event of this API", told));
    try {
      flags.experiments().catchUp(revision);
    } catch (JournalException e) {
      throw RequestException.busy("Kafka does not say what has changed: " + e.getMessage() + ".");
    }
  }

  /** The tag covers the context too: what was answered for another one is not taken for this. */
  private Answer tagged(OfrepAnswer answer, Map<String, Object> context) {
    String tag;
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(JsonAnswers.bytes(answer));
      digest.update(SORTED.writeValueAsBytes(context));
      tag = "\"" + HexFormat.of().formatHex(digest.digest(), 0, 16) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("each JDK has SHA-256", e);
    } catch (IOException e) {
      throw new UncheckedIOException("what was read as JSON can be written", e);
    }
    boolean has =
        known.stream()
            .flatMap(header -> List.of(header.split(",")).stream())
            .map(each -> each.strip().replaceFirst("^W/", ""))
            .anyMatch(tag::equals);
    return new Answer(
        has ? HttpStatus.NOT_MODIFIED : HttpStatus.OK,
        answer,
        HttpHeaders.of(HttpHeaderNames.ETAG, tag));
  }

  private Answer failure(HttpStatus status, ErrorCode code, @Nullable String details) {
    return Answer.of(status, new Failed(key, code, String.valueOf(details)));
  }

  @Override
  public Answer written(Answer answer) {
    return answer;
  }

  @Override
  public Answer refusal(Throwable failure) {
    Answer words = Answer.ofFailure(failure);
    boolean busy = words.status().equals(HttpStatus.SERVICE_UNAVAILABLE);
    ErrorCode code =
        words.status().equals(HttpStatus.BAD_REQUEST) ? ErrorCode.PARSE_ERROR : ErrorCode.GENERAL;
    String details =
        words.body() instanceof RequestException.ErrorBody body ? body.error().message() : null;
    return new Answer(
        busy ? HttpStatus.TOO_MANY_REQUESTS : words.status(),
        new Failed(key, code, String.valueOf(details)),
        words.headers());
  }
}
