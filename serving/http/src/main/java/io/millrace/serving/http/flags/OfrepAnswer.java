package io.millrace.serving.http.flags;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What OFREP answers, as its JSON has it; null is left out. */
public sealed interface OfrepAnswer {

  /** What is said of one flag. */
  sealed interface OfFlag extends OfrepAnswer {}

  /**
   * The value of a flag.
   *
   * @param value any JSON; null lets the client take the default of its code
   * @param reason as OpenFeature has it
   * @param variant name of the arm; null if the unit is in none
   * @param metadata {@code why} in the words of a ranking
   */
  record Evaluated(
      String key,
      @Nullable JsonNode value,
      String reason,
      @Nullable String variant,
      Map<String, String> metadata)
      implements OfFlag {}

  /**
   * Why there is no value.
   *
   * @param key null if it is about no one flag
   */
  record Failed(@Nullable String key, ErrorCode errorCode, String errorDetails) implements OfFlag {}

  /**
   * All flags of a context.
   *
   * @param eventStreams where changes are told
   */
  record All(List<OfFlag> flags, List<EventStream> eventStreams) implements OfrepAnswer {}

  /** A stream of events on the same origin. */
  record EventStream(String type, Endpoint endpoint) {
    /**
     * @param requestUri path and query
     */
    record Endpoint(String requestUri) {}
  }

  /** Kinds of failures. */
  enum ErrorCode {
    /** There is no experiment of that key. */
    FLAG_NOT_FOUND,
    /** The body cannot be read. */
    PARSE_ERROR,
    /** The context names no unit for the experiment. */
    TARGETING_KEY_MISSING,
    /** The context cannot be used. */
    INVALID_CONTEXT,
    /** Anything else. */
    GENERAL
  }
}
