package io.millrace.trainer;

import java.util.List;

/**
 * Where a training stands after some epochs, by nothing but what these came to: training that goes
 * on from a checkpoint decides as one that was never interrupted.
 *
 * @param without epochs since one that improved
 * @param cuts whether the rates are to be cut before the next epoch
 * @param nextRate factor on the rates in the next epoch
 * @param ended whether nothing more is to be gained
 */
record Plateau(int without, boolean cuts, double nextRate, boolean ended) {

  /** After the given epochs, perhaps none. */
  static Plateau of(List<Epoch> epochs, TrainerConfig config) {
    if (epochs.isEmpty()) {
      return new Plateau(0, false, 1, false);
    }
    Epoch reference = epochs.get(0);
    for (Epoch epoch : epochs) {
      if (config.criterion().isBetter(epoch.valid(), reference.valid(), config.leastGain())) {
        reference = epoch;
      }
    }
    Epoch last = epochs.get(epochs.size() - 1);
    int without = last.number() - reference.number();
    boolean cuts = without > 0 && without % config.patience() == 0;
    return new Plateau(
        without,
        cuts,
        cuts ? last.rate() * config.rateCut() : last.rate(),
        without >= config.stopAfter());
  }
}
