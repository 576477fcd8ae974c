package io.millrace.client;

import java.time.Duration;

/**
 * What an API is called, and how it is asked.
 *
 * @param name as a sentence has it, for example {@code schema registry}
 * @param expectation what to say where nobody answers, for example {@code expected one started by
 *     'millrace registry'}
 * @param mediaType of bodies and answers
 * @param timeout from a request to the whole answer
 */
public record ApiDescription(String name, String expectation, String mediaType, Duration timeout) {}
