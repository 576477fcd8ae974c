package io.millrace.model.layer;

import io.millrace.model.CtrModel;
import org.jspecify.annotations.Nullable;

/** What distinguishes one pass of a {@link KernelNet} from the next. */
public final class KernelPass {
  private final int batch;
  private final boolean @Nullable [] missing;
  private final int missingFrom;
  private final boolean @Nullable [] shared;
  private final boolean training;
  private final long dropoutSeed;
  private int dropouts;

  private KernelPass(
      int batch,
      boolean @Nullable [] missing,
      int missingFrom,
      boolean @Nullable [] shared,
      boolean training,
      long dropoutSeed) {
    this.batch = batch;
    this.missing = missing;
    this.missingFrom = missingFrom;
    this.shared = shared;
    this.training = training;
    this.dropoutSeed = dropoutSeed;
  }

  /**
   * @param missing [B, F] from {@code from} on, or null
   * @param shared as in {@link CtrModel.Workspace#infer}
   */
  public static KernelPass predicting(
      int batch, boolean @Nullable [] missing, int from, boolean @Nullable [] shared) {
    return new KernelPass(batch, missing, from, shared, false, 0);
  }

  /**
   * @param missing [B, F] from {@code from} on, or null
   */
  public static KernelPass training(
      int batch, boolean @Nullable [] missing, int from, long dropoutSeed) {
    return new KernelPass(batch, missing, from, null, true, dropoutSeed);
  }

  /** B. */
  public int batch() {
    return batch;
  }

  /** Whether any field of any example may be missing. */
  public boolean anyMissing() {
    return missing != null;
  }

  /**
   * Whether a field has no value.
   *
   * @param row b · F + f
   */
  public boolean missing(int row) {
    return missing != null && missing[missingFrom + row];
  }

  /** Which fields are equal in all examples [F], null if none is known to be. */
  public boolean @Nullable [] shared() {
    return shared;
  }

  /** Whether this is a learning step. */
  public boolean training() {
    return training;
  }

  /** Whether units drop out at this rate. */
  public boolean dropsOut(float rate) {
    return training && rate > 0;
  }

  /** The seed of the pass's next dropout mask; see {@link DropoutMask#seed}. */
  public long nextMaskSeed() {
    return DropoutMask.seed(dropoutSeed, dropouts++);
  }
}
