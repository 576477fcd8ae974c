package io.millrace.training;

import io.millrace.event.Example;
import io.millrace.event.Progress;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.model.Label;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.WireFormatException;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * Learns a log in one go, by the words of the contract: what every learner must come to, however
 * often it was stopped.
 */
final class OneGo {
  private final CompiledModel compiled;
  private final AvroWire wire;
  private final int stepSize;
  private final Map<String, Integer> learnedAs = new HashMap<>();
  private final EncodedBatch step;
  private final byte[] labels;
  final Learner learner;

  OneGo(ModelConfig config, SchemaRegistry registry) {
    compiled = CompiledModel.of(config, TestExamples.SCHEMA);
    wire = new AvroWire(registry);
    stepSize = config.stepSize();
    step = new EncodedBatch(compiled.encoder().fields());
    labels = new byte[stepSize];
    learner = new Learner(compiled, Long.MAX_VALUE);
  }

  /** Takes the record at an offset; records must come without gaps. */
  void read(long offset, byte[] value) {
    try {
      SpecificRecord record = (SpecificRecord) wire.decode(value).value();
      if (record instanceof Progress) {
        learn();
      } else if (record instanceof Example example) {
        byte[] features = example.getFeatures().array();
        boolean ours =
            wire.schemaOf(features).schema().getFullName().equals(TestExamples.SCHEMA.name());
        Byte label = ours ? label(example) : null;
        if (label != null) {
          compiled.encoder().encode(wire.decode(features, TestExamples.SCHEMA.avro(), null), step);
          labels[step.size() - 1] = label;
        }
      }
    } catch (WireFormatException | InvalidFeatureException e) {
      // refused
    }
    if ((offset + 1) % stepSize == 0) {
      learn();
    }
  }

  /** What an example is to the learner, or null if it was learned so before. */
  private @Nullable Byte label(Example example) {
    Integer before = learnedAs.put(example.getExampleId(), example.getLabel());
    if (before == null) {
      return (byte) example.getLabel();
    }
    if (before == example.getLabel() || example.getLabelFinalTime() == 0) {
      return null;
    }
    return example.getLabel() == 1 ? Label.YES_AFTER_NO : Label.NO_AFTER_YES;
  }

  private void learn() {
    learner.learn(step, labels, new float[stepSize]);
    step.clear();
  }

  /** Distinct examples learned. */
  long learned() {
    return learner.total().examples();
  }
}
