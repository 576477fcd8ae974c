package io.millrace.registry.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.linecorp.armeria.common.HttpStatus;
import java.io.IOException;

/** Reads and writes bodies. */
final class Json {
  private static final int MAX_DEPTH = 50;

  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(100)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private Json() {}

  static byte[] write(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("our own answers can be written", e);
    }
  }

  /**
   * Reads a JSON object.
   *
   * @throws RequestException 400 if the bytes are something else
   */
  static JsonNode readObject(byte[] body) {
    JsonNode json;
    try {
      json = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      throw new RequestException(
          HttpStatus.BAD_REQUEST, "Malformed JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new RequestException(HttpStatus.BAD_REQUEST, "Malformed JSON: " + e.getMessage());
    }
    if (!json.isObject()) {
      throw new RequestException(HttpStatus.BAD_REQUEST, "The body is no JSON object");
    }
    return json;
  }
}
