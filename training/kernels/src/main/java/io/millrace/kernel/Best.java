package io.millrace.kernel;

/** The choice of {@link Kernels#best} and its siblings, made once. */
final class Best {
  static final boolean VECTORS = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  static final Kernels KERNELS = VECTORS ? new VectorKernels() : new ScalarKernels();
  static final RowKernels ROW_KERNELS = VECTORS ? new VectorRowKernels() : new ScalarRowKernels();
  static final NormKernels NORM_KERNELS =
      VECTORS ? new VectorNormKernels() : new ScalarNormKernels();

  private Best() {}
}
