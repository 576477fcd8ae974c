package io.millrace.model.djl;

import java.util.ArrayList;
import java.util.List;

/**
 * The buffers of one kind of pass: those of a prediction are others than those of a learning step,
 * whose values must last until its backward pass. A pass takes them in order, the next one takes
 * the same ones again.
 */
final class DjlScratch {
  final DjlBuffer weights;
  final DjlBuffer x;
  private final PinnedMemory memory;
  private final List<DjlBuffer> others = new ArrayList<>();
  private int taken;

  DjlScratch(PinnedMemory memory) {
    this.memory = memory;
    this.weights = new DjlBuffer(memory);
    this.x = new DjlBuffer(memory);
  }

  /** Starts a pass: no array over these buffers is in use any more. */
  void reset() {
    taken = 0;
  }

  /** One more buffer for this pass. */
  DjlBuffer next() {
    if (taken == others.size()) {
      others.add(new DjlBuffer(memory));
    }
    return others.get(taken++);
  }

  /** How many buffers passes have taken at most. */
  int size() {
    return others.size();
  }
}
