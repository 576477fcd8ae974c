/**
 * Events that are given to a server become records of the platform's topics, held to the rules that
 * the label join holds Kafka's producers to ({@link io.millrace.wire.EventRules}). What breaks them
 * is kept in the topic of rejected events with its reason.
 */
@NullMarked
package io.millrace.intake;

import org.jspecify.annotations.NullMarked;
