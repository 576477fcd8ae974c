package io.millrace.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One record of a journal's topic, in JSON and UTF-8; format 1.
 *
 * <ul>
 *   <li>key: {@code {"attempt":A}}
 *   <li>value: {@code {"format":1,"revision":R,...}} with the keys of the change
 * </ul>
 *
 * A is unique to each write: compaction keeps the newest record of a key, and if two claims to one
 * revision shared a key, it would remove the one that came first and let the other win for those
 * who read the log later.
 *
 * @param <C> a change
 * @param attempt A
 * @param revision the change that this would be, counted from 1
 */
public record JournalRecord<C>(String attempt, long revision, C change) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FORMAT = 1;

  /** The record's key. */
  public byte[] key() {
    return bytes(JSON.createObjectNode().put("attempt", attempt));
  }

  /** The record's value. */
  public byte[] value(JournalFormat<C> format) {
    ObjectNode value = JSON.createObjectNode();
    value.put("format", FORMAT);
    value.put("revision", revision);
    format.write(change, value);
    return bytes(value);
  }

  private static byte[] bytes(ObjectNode node) {
    return node.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a record.
   *
   * @throws IllegalArgumentException if the bytes are not such a record
   */
  public static <C> JournalRecord<C> parse(
      byte @Nullable [] key, byte @Nullable [] value, JournalFormat<C> format) {
    if (key == null || value == null) {
      throw new IllegalArgumentException("key or value: null, expected JSON");
    }
    try {
      JsonNode json = JSON.readTree(new String(value, StandardCharsets.UTF_8));
      if (json.path("format").asInt() != FORMAT) {
        throw new IllegalArgumentException("format: " + json.path("format") + ", expected 1");
      }
      return new JournalRecord<>(
          JournalFormat.text(JSON.readTree(new String(key, StandardCharsets.UTF_8)), "attempt"),
          JournalFormat.number(json, "revision").longValue(),
          format.read(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }
}
