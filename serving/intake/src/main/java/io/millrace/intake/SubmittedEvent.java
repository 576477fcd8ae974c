package io.millrace.intake;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One event of a request, read or not.
 *
 * @param index in the request, from 0
 * @param original the event as JSON, to be kept if it is rejected
 * @param event what was read; null if it could not be
 * @param problem why it could not be read; null if it was
 */
public record SubmittedEvent(
    int index,
    Supplier<byte[]> original,
    @Nullable GivenEvent event,
    @Nullable EventProblem problem) {

  public SubmittedEvent {
    if ((event == null) == (problem == null)) {
      throw new IllegalArgumentException(
          "event, problem: " + event + ", " + problem + ", expected one of the two");
    }
  }
}
