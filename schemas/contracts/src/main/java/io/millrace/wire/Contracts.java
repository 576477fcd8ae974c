package io.millrace.wire;

import io.millrace.event.ArmLearning;
import io.millrace.event.Click;
import io.millrace.event.CohortMetrics;
import io.millrace.event.EvaluationMetrics;
import io.millrace.event.Example;
import io.millrace.event.ExperimentMetrics;
import io.millrace.event.Impression;
import io.millrace.event.IngestionCounts;
import io.millrace.event.LateLabelMetrics;
import io.millrace.event.LearnerCounts;
import io.millrace.event.LearnerMetrics;
import io.millrace.event.MetricMoments;
import io.millrace.event.Outcome;
import io.millrace.event.Progress;
import io.millrace.event.ProgressiveMetrics;
import io.millrace.event.RejectedEvent;
import io.millrace.event.RowUpdate;
import io.millrace.event.Served;
import io.millrace.event.ServedArm;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.event.WaitsFor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;
import org.jspecify.annotations.Nullable;

/**
 * The records that the platform itself writes. A name from the wire is looked up here and nowhere
 * else: loading the class that a schema names would let a producer choose it.
 */
final class Contracts {
  private static final Map<String, Class<? extends SpecificRecordBase>> BY_NAME =
      List.<Class<? extends SpecificRecordBase>>of(
              ArmLearning.class,
              Click.class,
              Example.class,
              ExperimentMetrics.class,
              Impression.class,
              IngestionCounts.class,
              CohortMetrics.class,
              LateLabelMetrics.class,
              LearnerCounts.class,
              LearnerMetrics.class,
              EvaluationMetrics.class,
              ProgressiveMetrics.class,
              MetricMoments.class,
              Outcome.class,
              Progress.class,
              RejectedEvent.class,
              RowUpdate.class,
              Served.class,
              ServedArm.class,
              TensorUpdate.class,
              VersionManifest.class,
              WaitsFor.class)
          .stream()
          .collect(Collectors.toUnmodifiableMap(Class::getName, Function.identity()));

  private Contracts() {}

  /** The compiled class of a contract, or null if {@code fullName} is none of ours. */
  static @Nullable Class<? extends SpecificRecordBase> classOf(String fullName) {
    return BY_NAME.get(fullName);
  }

  /** The schema that a contract class was generated from. */
  static Schema schemaOf(Class<?> contract) {
    return SpecificData.get().getSchema(contract);
  }

  /**
   * Lets Avro make instances of exactly these classes, beside those that it trusts already; since
   * 1.12.2 it refuses all others.
   */
  static void trust() {
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.getGlobal(), BY_NAME::containsValue));
  }
}
