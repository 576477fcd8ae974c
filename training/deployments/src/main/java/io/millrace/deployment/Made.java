package io.millrace.deployment;

import java.time.Instant;

/**
 * Who made a change, and when.
 *
 * @param by the user's name, or what else asked for it
 * @param at wall-clock time of whoever decided it
 */
public record Made(String by, Instant at) {}
