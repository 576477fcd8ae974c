/**
 * The topics of a platform: their names and their configuration.
 *
 * <p>Invariant: every topic that is a table (its newest record per key is the truth) is compacted
 * and never deleted by age. Threading: everything here is immutable or stateless.
 */
@NullMarked
package io.millrace.topic;

import org.jspecify.annotations.NullMarked;
