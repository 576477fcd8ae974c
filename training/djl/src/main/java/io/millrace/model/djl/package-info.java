/**
 * The engine by DJL and PyTorch: the same tensors and logits as the kernels', on a GPU too. It is
 * there when this module is on the class path.
 */
@NullMarked
package io.millrace.model.djl;

import org.jspecify.annotations.NullMarked;
