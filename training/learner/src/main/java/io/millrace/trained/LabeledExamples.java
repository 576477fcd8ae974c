package io.millrace.trained;

import io.millrace.feature.EncodedBatch;
import java.util.Arrays;

/** Encoded examples with their labels, in memory: about 12 bytes a token. Not thread-safe. */
public final class LabeledExamples {
  private final EncodedBatch examples;
  private byte[] labels = new byte[1024];

  /** None yet, of {@code fields} fields each. */
  public LabeledExamples(int fields) {
    this.examples = new EncodedBatch(fields);
  }

  /** Where an encoder appends the next example; {@link #add} is to follow. */
  public EncodedBatch next() {
    if (examples.size() == labels.length) {
      labels = Arrays.copyOf(labels, labels.length * 2);
    }
    return examples;
  }

  /**
   * Labels the example that was appended last.
   *
   * @param label 0 or 1
   */
  public void add(int label) {
    if (label != 0 && label != 1) {
      throw new IllegalArgumentException("label: " + label + ", expected 0 or 1");
    }
    labels[examples.size() - 1] = (byte) label;
  }

  /** Number of examples. */
  public int size() {
    return examples.size();
  }

  /** All of them. */
  public EncodedBatch encoded() {
    return examples;
  }

  /** A copy of all labels, 0 or 1. */
  public byte[] labels() {
    return Arrays.copyOf(labels, size());
  }

  /** Number and hash of all examples with their labels, in order. */
  public String fingerprint() {
    long hash = 0;
    for (int i = 0; i < size(); i++) {
      hash = hash * 31 + (examples.hash(i) ^ labels[i]);
    }
    return "%d examples, %016x".formatted(size(), hash);
  }

  /** Label of an example, 0 or 1. */
  public byte label(int example) {
    return labels[example];
  }
}
