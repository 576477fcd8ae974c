package io.millrace.calibration;

/** The newest logits with their labels, in a ring. */
final class LabeledLogits {
  private final float[] logits;
  private final byte[] labels;
  private long added;

  LabeledLogits(int capacity) {
    this.logits = new float[capacity];
    this.labels = new byte[capacity];
  }

  void add(float logit, byte label) {
    int at = (int) (added++ % logits.length);
    logits[at] = logit;
    labels[at] = label;
  }

  /** How many there are. */
  int size() {
    return (int) Math.min(added, logits.length);
  }

  /** Logit number i, from 0 for the oldest. */
  float logit(int i) {
    return logits[at(i)];
  }

  /** Its label. */
  byte label(int i) {
    return labels[at(i)];
  }

  private int at(int i) {
    return (int) ((added - size() + i) % logits.length);
  }
}
