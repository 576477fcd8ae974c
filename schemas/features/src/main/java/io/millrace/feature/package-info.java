/**
 * From a record to model input: feature schemas, the hash of a feature value, and the encoder.
 *
 * <p>Invariant: a token depends on the feature's id and the value alone, never on the order of
 * fields, on other features, on the machine or on the JVM. Serving and training encode with the
 * same class. Threading: everything is immutable except {@link io.millrace.feature.EncodedBatch},
 * which belongs to one thread.
 *
 * <p>Shapes: B examples, F encoded fields, T tokens.
 */
@NullMarked
package io.millrace.feature;

import org.jspecify.annotations.NullMarked;
