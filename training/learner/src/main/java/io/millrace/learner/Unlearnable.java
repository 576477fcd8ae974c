package io.millrace.learner;

/**
 * An example from which nothing was learned, since a number would have come out of it that is too
 * large or none.
 *
 * @param example its place in the step
 * @param detail names the number, what was expected, and the example's largest numbers
 */
public record Unlearnable(int example, String detail) {}
