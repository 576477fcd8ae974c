package io.millrace.trainer;

import io.millrace.trainer.TrainerConfig.Criterion;
import io.millrace.trainer.TrainerConfig.L2Scope;
import org.jspecify.annotations.Nullable;

/** Settings that tests and benchmarks choose whole. */
final class TestConfigs {
  private TestConfigs() {}

  /** By validation AUC, any gain counts, and a cut goes on from where it is. */
  static TrainerConfig byAuc(
      int batchSize,
      int epochs,
      int patience,
      double rateCut,
      int stopAfter,
      double l2,
      @Nullable L2Scope l2Scope,
      double clipNorm,
      double clipValue,
      double averaging,
      CapeConfig cape,
      long seed) {
    return new TrainerConfig(
        batchSize,
        epochs,
        Criterion.AUC,
        0,
        patience,
        rateCut,
        false,
        stopAfter,
        l2,
        l2Scope,
        clipNorm,
        clipValue,
        averaging,
        cape,
        seed);
  }
}
