package io.millrace.intake;

import io.millrace.ranking.InvalidRequestException;
import io.millrace.wire.RejectionReason;
import org.jspecify.annotations.Nullable;

/**
 * Why an event was rejected.
 *
 * @param index of the event in the request, from 0
 * @param reason a {@link RejectionReason} in snake case
 * @param field where, or null if it is no one field
 * @param expected what should be there, or null
 * @param value what is there, cut, or null
 * @param message all of it in words
 */
public record EventProblem(
    int index,
    String reason,
    @Nullable String field,
    @Nullable String expected,
    @Nullable String value,
    String message) {

  static EventProblem of(int index, RejectionReason reason, InvalidRequestException problem) {
    return new EventProblem(
        index,
        reason.code(),
        problem.field(),
        problem.expected(),
        problem.value(),
        problem.reason());
  }
}
