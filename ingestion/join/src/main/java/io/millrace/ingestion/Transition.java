package io.millrace.ingestion;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a state and an event.
 *
 * @param next the state from now on, to be woken at its {@link LabelJoin#dueTime}; null frees it
 * @param effects in the order in which to apply them
 */
public record Transition(@Nullable JoinState next, List<Effect> effects) {}
