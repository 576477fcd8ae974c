/**
 * The engine that needs nothing but this JVM: a network by {@link io.millrace.kernel.Kernels} for
 * each architecture, and its explanations.
 */
@NullMarked
package io.millrace.model.kernel;

import org.jspecify.annotations.NullMarked;
