package io.millrace.ranking;

/**
 * Asks for click probabilities; nothing is logged.
 *
 * @param model one that is served
 * @param explanations how fully each prediction is to be explained
 * @param arms of experiments that it is in
 */
public record PredictRequest(
    String model, Candidates candidates, Explanations explanations, RequestArms arms) {}
