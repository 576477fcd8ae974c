package io.millrace.training;

import io.millrace.event.Example;
import io.millrace.event.Served;
import io.millrace.feature.EncodedBatch;
import io.millrace.guard.ModelGuard;
import io.millrace.learner.Learner;
import io.millrace.learner.Unlearnable;
import io.millrace.metrics.Cohorts;
import io.millrace.metrics.Evaluation;
import io.millrace.model.Label;
import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The examples of a step that is not complete yet, encoded. Nothing that they say counts before
 * {@link #learn}. One thread.
 *
 * <p>Shapes: B examples in the step.
 */
final class PendingStep {
  private final String model;
  private final EncodedBatch batch;
  private final List<byte[]> elements = new ArrayList<>();
  private final List<String> ids = new ArrayList<>();

  /** [B], each possibly longer. */
  private long[] offsets = new long[16];

  private byte[] labels = new byte[16];
  private float[] importance = new float[16];
  private boolean weighted; // whether one of them is another than 1

  private float[] probabilities = new float[16];
  private long[] clickWrittenTimes = new long[16];
  private float[] servedProbabilities = new float[16];
  private long[] eventTimes = new long[16];
  private long[] finalTimes = new long[16];
  private boolean[] mismatches = new boolean[16];

  /**
   * @param model whose served answers are evaluated
   * @param batch to encode into, empty; this step owns it
   */
  PendingStep(String model, EncodedBatch batch) {
    this.model = model;
    this.batch = batch;
  }

  boolean isEmpty() {
    return elements.isEmpty();
  }

  /** Offset of the first example; undefined while there is none. */
  long firstOffset() {
    return offsets[0];
  }

  /** The examples' offsets, in their order. */
  long[] offsets() {
    return Arrays.copyOf(offsets, elements.size());
  }

  /** The examples' labels, of {@link Label}. */
  byte[] labels() {
    return Arrays.copyOf(labels, elements.size());
  }

  /** How often each example counts. */
  float[] importance() {
    return Arrays.copyOf(importance, elements.size());
  }

  /** The examples as they were read, in order. */
  List<byte[]> elements() {
    return List.copyOf(elements);
  }

  /** Where the next example is to be encoded. */
  EncodedBatch batch() {
    return batch;
  }

  /**
   * Adds the example that was just encoded into {@link #batch}.
   *
   * @param offset of the example in its log
   * @param element its bytes, kept
   * @param label of {@link Label}: what it is to the learner
   * @param times how often it counts
   * @param switchedAt the versions up to it encoded by another schema, so are not compared
   */
  void add(long offset, byte[] element, Example example, byte label, float times, long switchedAt) {
    int at = elements.size();
    reserve(at);
    offsets[at] = offset;
    elements.add(element);
    ids.add(example.getExampleId());
    labels[at] = label;
    importance[at] = times;
    weighted |= times != 1;
    eventTimes[at] = example.getEventTime().toEpochMilli();
    finalTimes[at] = example.getLabelFinalTime();
    clickWrittenTimes[at] = example.getClickWrittenTime();
    Served answer = example.getServed();
    boolean ours = answer != null && answer.getModel().equals(model);
    // whoever wrote the impression wrote this: what is no probability is not evaluated
    boolean valid = ours && answer.getProbability() >= 0 && answer.getProbability() <= 1;
    servedProbabilities[at] = valid ? answer.getProbability() : Float.NaN;
    boolean comparable = ours && answer.getVersion() > switchedAt;
    mismatches[at] = comparable && answer.getEncodingHash() != batch.hash(at);
  }

  private void reserve(int at) {
    if (at == labels.length) {
      offsets = Arrays.copyOf(offsets, at * 2);
      labels = Arrays.copyOf(labels, at * 2);
      importance = Arrays.copyOf(importance, at * 2);
      probabilities = Arrays.copyOf(probabilities, at * 2);
      clickWrittenTimes = Arrays.copyOf(clickWrittenTimes, at * 2);
      servedProbabilities = Arrays.copyOf(servedProbabilities, at * 2);
      mismatches = Arrays.copyOf(mismatches, at * 2);
      eventTimes = Arrays.copyOf(eventTimes, at * 2);
      finalTimes = Arrays.copyOf(finalTimes, at * 2);
    }
  }

  /**
   * Learns from the examples and forgets them. Of those that the learner leaves out nothing counts.
   *
   * @param served takes what was answered for those whose label is final
   * @param cohorts takes what was answered for the others
   * @param said takes what the learner says of those of them that nobody has logged an answer for
   * @param clickTimes takes the times of their clicks while it holds fewer than {@code
   *     maxClickTimes}
   * @param guard says whether to learn, and takes what was predicted
   * @param refusals takes the examples that were left out
   * @return counts of what was learned, and of whose encoding differs from the one served
   */
  PartitionCounts learn(
      Learner learner,
      Evaluation served,
      Cohorts cohorts,
      Predictions said,
      List<Long> clickTimes,
      int maxClickTimes,
      ModelGuard guard,
      List<PartitionLearner.Refusal> refusals) {
    boolean learns = guard.learns();
    List<Unlearnable> leftOut =
        learns ? learn(learner) : learner.predict(batch, labels, probabilities);
    int withheld = learns ? 0 : elements.size() - leftOut.size();
    int mismatched = 0;
    int provisional = 0;
    int corrections = 0;
    int takenBack = 0;
    int next = 0; // among those left out
    for (int i = 0; i < elements.size(); i++) {
      if (next < leftOut.size() && leftOut.get(next).example() == i) {
        String detail = leftOut.get(next++).detail();
        refusals.add(
            new PartitionLearner.Refusal(
                offsets[i], elements.get(i), RejectionReason.UNLEARNABLE, detail));
        guard.addUnlearnable();
        continue;
      }
      guard.add(probabilities[i], labels[i]);
      if (!Float.isNaN(servedProbabilities[i])) {
        evaluate(i, served, cohorts);
      } else if (finalTimes[i] != 0) {
        evaluate(i, said);
      }
      corrections += labels[i] == Label.YES_AFTER_NO ? 1 : 0;
      takenBack += labels[i] == Label.NO_AFTER_YES ? 1 : 0;
      provisional += finalTimes[i] != 0 && !Label.corrects(labels[i]) ? 1 : 0;
      mismatched += mismatches[i] ? 1 : 0;
      if (clickWrittenTimes[i] > 0 && clickTimes.size() < maxClickTimes) {
        clickTimes.add(clickWrittenTimes[i]);
      }
    }
    guard.endStep(eventTimes[elements.size() - 1], offsets[elements.size() - 1] + 1);
    batch.clear();
    elements.clear();
    ids.clear();
    weighted = false;
    return new PartitionCounts(
        0, 0, 0, mismatched, provisional, corrections, takenBack, 0, withheld, 0);
  }

  private List<Unlearnable> learn(Learner learner) {
    return weighted
        ? learner.learn(batch, labels, importance, probabilities)
        : learner.learn(batch, labels, probabilities);
  }

  private void evaluate(int i, Predictions said) {
    int label = Label.value(labels[i]);
    if (Label.corrects(labels[i])) {
      said.correct(ids.get(i), label);
    } else {
      said.add(ids.get(i), eventTimes[i], probabilities[i], label, finalTimes[i]);
    }
  }

  private void evaluate(int i, Evaluation served, Cohorts cohorts) {
    int label = Label.value(labels[i]);
    if (finalTimes[i] == 0) {
      served.addProbability(servedProbabilities[i], label);
    } else if (Label.corrects(labels[i])) {
      cohorts.correct(eventTimes[i], servedProbabilities[i], label, finalTimes[i]);
    } else {
      cohorts.add(eventTimes[i], servedProbabilities[i], label, finalTimes[i]);
    }
  }
}
