package io.millrace.kernel;

/** The choice of {@link Kernels#best}, made once. */
final class Best {
  static final Kernels KERNELS = choose();

  private Best() {}

  private static Kernels choose() {
    boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    return vectors ? new VectorKernels() : new ScalarKernels();
  }
}
