/**
 * What a server answers: click probabilities and rankings of candidates, as values, and the log of
 * the impressions that rankings become. Nothing here knows how requests come and answers go.
 *
 * <p>Invariant: an answer comes from one whole model version. A request reads the present {@link
 * io.millrace.parameters.ModelSnapshot} once, scores all of its candidates with it and names its
 * version in the answer and in the impressions it logs. What cannot be answered is a {@link
 * io.millrace.ranking.RankingException}; bad input is one that names field, expectation and value.
 *
 * <p>Threading: a request is scored by the thread that brings it; whatever is mutable there ({@link
 * io.millrace.ranking.Scratch}) is lent to one request at a time. Waiting for Kafka's
 * acknowledgement holds no thread.
 */
@NullMarked
package io.millrace.ranking;

import org.jspecify.annotations.NullMarked;
