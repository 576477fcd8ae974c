package io.millrace.serving.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/**
 * A part of the platform that a server depends on, and how it is.
 *
 * @param name as a sentence begins with it, for example {@code Job training-clicks}
 * @param since when it came into this state
 * @param reason why it is so, in words, or null
 * @param vital whether the platform is of no use without it
 */
public record Part(
    String name, State state, Instant since, @Nullable String reason, boolean vital) {
  private static final long BRIEF_MILLIS = 3000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

  /** A vital part. */
  public Part(String name, State state, Instant since, @Nullable String reason) {
    this(name, state, since, reason, true);
  }

  /** The same part, without which the platform goes on. */
  public Part secondary() {
    return new Part(name, state, since, reason, false);
  }

  /** How a part is. */
  public enum State {
    /** It does its work. */
    RUNNING,
    /** It has not begun to work yet. */
    STARTING,
    /** It has failed and is being started again. */
    RESTARTING,
    /** It has failed and stays so. */
    FAILED,
    /** It does not answer. */
    UNREACHABLE
  }

  /** Whether the platform lacks it; a restart that takes less than three seconds is none. */
  boolean lacking(long nowMillis) {
    return switch (state) {
      case RUNNING -> false;
      case STARTING, FAILED, UNREACHABLE -> true;
      case RESTARTING -> nowMillis - since.toEpochMilli() > BRIEF_MILLIS;
    };
  }

  /** How it is, as a sentence. */
  String sentence() {
    String how =
        switch (state) {
          case RUNNING -> "runs since ";
          case STARTING -> "has been starting since ";
          case RESTARTING -> "has been restarting since ";
          case FAILED -> "has failed at ";
          case UNREACHABLE -> "does not answer since ";
        };
    String why = reason == null || reason.isBlank() ? "" : ": " + reason.strip();
    String sentence = name + " " + how + TIME.format(since) + why;
    return sentence.endsWith(".") ? sentence : sentence + ".";
  }
}
