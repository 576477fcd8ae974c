package io.millrace.trained;

import io.millrace.feature.EncodedBatch;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntPredicate;

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

  /** Those of some numbers, in order. */
  public LabeledExamples part(IntPredicate chosen) {
    LabeledExamples part = new LabeledExamples(examples.fields());
    for (int i = 0; i < size(); i++) {
      if (chosen.test(i)) {
        part.next().append(examples, i);
        part.add(labels[i]);
      }
    }
    return part;
  }

  /** How many have label 1. */
  public int positives() {
    int positives = 0;
    for (int i = 0; i < size(); i++) {
      positives += labels[i];
    }
    return positives;
  }

  /**
   * Requires examples of both classes.
   *
   * @param what they are, for people
   * @param why both are needed
   * @throws IllegalArgumentException if there are none, or all labels are equal
   */
  public void requireBothClasses(String what, String why) {
    if (size() == 0) {
      throw new IllegalArgumentException(
          what + ": no examples, expected at least one of each label");
    }
    int positives = positives();
    if (positives == 0 || positives == size()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: all %,d labels are %d, expected both 0 and 1: %s",
              what,
              size(),
              labels[0],
              why));
    }
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
