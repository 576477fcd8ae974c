package io.millrace.world;

import java.util.List;

/**
 * What an impression leads to.
 *
 * @param probability the true probability of a click within the attribution window
 * @param clicked whether there is one: drawn with that probability
 * @param consequences what is sent because of the impression, in any order
 */
public record Outcome(double probability, boolean clicked, List<Consequence> consequences) {

  /** Copies the list. */
  public Outcome {
    consequences = List.copyOf(consequences);
  }

  /** Something that is sent at a time. */
  public sealed interface Consequence {
    /** When it is sent. */
    long dueMillis();
  }

  /** The click that counts. */
  public record Click(long dueMillis) implements Consequence {}

  /** A click after the attribution window, on an impression that had none within it. */
  public record LateClick(long dueMillis) implements Consequence {}

  /** The click once more. */
  public record DuplicateClick(long dueMillis) implements Consequence {}

  /** The impression once more. */
  public record DuplicateImpression(long dueMillis) implements Consequence {}

  /** An event that a platform must reject; it has nothing to do with the impression. */
  public record InvalidEvent(long dueMillis, Defect defect) implements Consequence {}

  /** What is wrong with an invalid event. */
  public enum Defect {
    /** Bytes that don't begin like an event. */
    MALFORMED_BYTES,
    /** A header with a schema id that was never issued. */
    UNKNOWN_SCHEMA_ID,
    /** An impression whose price is not a number. */
    NAN_PRICE,
    /** A click on an impression that never was. */
    CLICK_FOR_UNKNOWN_IMPRESSION,
    /** An impression from before there were computers. */
    ABSURD_EVENT_TIME
  }
}
