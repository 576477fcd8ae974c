package io.millrace.intake;

import java.util.List;

/**
 * What became of a request's events. Accepted means that Kafka has acknowledged them; what only the
 * label join can see, such as an outcome whose impression never came, is rejected later.
 *
 * @param errors one for each rejected event, in the request's order
 */
public record EventsAnswer(int accepted, int rejected, List<EventProblem> errors) {}
