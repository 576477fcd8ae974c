package io.millrace.intake;

import io.millrace.ranking.InvalidRequestException;
import io.millrace.wire.RejectionReason;

/** An event that cannot be used, and why. Carries no stack trace: it is an answer, not a fault. */
public final class RefusedEventException extends Exception {
  private static final long serialVersionUID = 1L;

  private final RejectionReason reason;
  private final InvalidRequestException problem;

  RefusedEventException(RejectionReason reason, InvalidRequestException problem) {
    super(problem.reason(), null, false, false);
    this.reason = reason;
    this.problem = problem;
  }

  /** Its kind. */
  public RejectionReason reason() {
    return reason;
  }

  /** Value, expectation and place. */
  public InvalidRequestException problem() {
    return problem;
  }
}
