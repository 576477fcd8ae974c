package io.millrace.training;

import io.millrace.event.ArmLearning;
import io.millrace.event.Example;
import io.millrace.event.Served;
import io.millrace.feature.EncodedBatch;
import io.millrace.learner.ArmOdds;
import io.millrace.wire.RejectionReason;
import io.millrace.wire.WireFormatException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Which examples of an experiment's arms a model learns from, and how often each counts: the data
 * policy that the impression was served under, so that the same log gives the same model. Models
 * that the experiment does not name learn from all.
 */
final class ArmExamples {
  private static final String OWN = "own";
  private static final String FROZEN = "frozen";
  private static final String WEIGHTED = "weighted";

  private final String model;
  private String experiment = ""; // that the odds are of
  private @Nullable ArmOdds odds;

  ArmExamples(String model) {
    this.model = model;
  }

  /**
   * Whether the model is not to learn from an example.
   *
   * @throws WireFormatException if its policy is none
   */
  boolean leavesOut(Example example) {
    ArmLearning learning = learning(example);
    if (learning == null) {
      return false;
    }
    return switch (learning.getPolicy()) {
      case OWN -> !isMine(example);
      case FROZEN -> true;
      case WEIGHTED -> false;
      default ->
          throw new WireFormatException(
              RejectionReason.UNDECODABLE,
              "served.learning.policy: \"%s\", expected %s, %s or %s"
                  .formatted(learning.getPolicy(), OWN, FROZEN, WEIGHTED));
    };
  }

  /**
   * How often an example counts; what is asked for the first time is learned from, as an example of
   * the model's arm or another.
   *
   * @param b its number in the batch
   */
  float importance(Example example, EncodedBatch batch, int b, boolean first) {
    ArmLearning learning = learning(example);
    if (learning == null || !learning.getPolicy().equals(WEIGHTED)) {
      return 1;
    }
    ArmOdds now = odds;
    if (now == null || !experiment.equals(learning.getExperiment())) {
      now = new ArmOdds();
      odds = now;
      experiment = learning.getExperiment();
    }
    return first ? now.weigh(batch, b, isMine(example)) : now.importance(batch, b);
  }

  private @Nullable ArmLearning learning(Example example) {
    Served served = example.getServed();
    ArmLearning learning = served == null ? null : served.getLearning();
    return learning == null || !learning.getModels().contains(model) ? null : learning;
  }

  private boolean isMine(Example example) {
    return example.getServed().getModel().equals(model);
  }

  /** The experiment's key in modified UTF-8, then its odds; empty if there are none. */
  byte[] toBytes() {
    if (odds == null) {
      return new byte[0];
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(experiment);
      odds.write(out);
    } catch (IOException e) {
      throw new AssertionError("writing to memory failed", e);
    }
    return bytes.toByteArray();
  }

  /**
   * Restores {@link #toBytes}.
   *
   * @throws IOException if the bytes are no such form
   */
  void restore(byte[] bytes) throws IOException {
    if (bytes.length == 0) {
      odds = null;
      return;
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      experiment = in.readUTF();
      odds = ArmOdds.read(in);
    }
  }
}
