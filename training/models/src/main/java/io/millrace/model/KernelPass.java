package io.millrace.model;

/** What distinguishes one pass of a {@link KernelNet} from the next. */
final class KernelPass {
  private final int batch;
  private final boolean training;
  private final long dropoutSeed;
  private int dropouts;

  private KernelPass(int batch, boolean training, long dropoutSeed) {
    this.batch = batch;
    this.training = training;
    this.dropoutSeed = dropoutSeed;
  }

  static KernelPass predicting(int batch) {
    return new KernelPass(batch, false, 0);
  }

  static KernelPass training(int batch, long dropoutSeed) {
    return new KernelPass(batch, true, dropoutSeed);
  }

  /** B. */
  int batch() {
    return batch;
  }

  /** Whether this is a learning step. */
  boolean training() {
    return training;
  }

  /** Whether units drop out at this rate. */
  boolean dropsOut(float rate) {
    return training && rate > 0;
  }

  /** The seed of the pass's next dropout mask; see {@link DropoutMask#seed}. */
  long nextMaskSeed() {
    return DropoutMask.seed(dropoutSeed, dropouts++);
  }
}
