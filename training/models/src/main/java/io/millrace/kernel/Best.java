package io.millrace.kernel;

/** The choice of {@link Kernels#best} and {@link RowKernels#best}, made once. */
final class Best {
  private static final boolean VECTORS =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  static final Kernels KERNELS = VECTORS ? new VectorKernels() : new ScalarKernels();
  static final RowKernels ROW_KERNELS = VECTORS ? new VectorRowKernels() : new ScalarRowKernels();

  private Best() {}
}
