/**
 * Arithmetic on flat fp32 arrays: matrix products, and what models do to rows and columns between
 * them. {@link io.millrace.kernel.Kernels#best} gives the implementation by the JDK's Vector API,
 * or its scalar twin, which is the specification, where a JVM runs without that module.
 *
 * <p>Invariant: nothing is allocated, nothing is remembered. Rows are padded with zeros to whole
 * vectors ({@link io.millrace.kernel.Columns}), so that no kernel has a ragged end. Each value
 * comes from the same operations in the same order wherever it stands in a batch. Threading:
 * kernels are immutable and may be shared; arrays belong to the caller.
 */
@NullMarked
package io.millrace.kernel;

import org.jspecify.annotations.NullMarked;
