/**
 * Layers that networks by kernels are made of: forward and backward passes of one workspace, on
 * arrays of B rows.
 */
@NullMarked
package io.millrace.model.layer;

import org.jspecify.annotations.NullMarked;
