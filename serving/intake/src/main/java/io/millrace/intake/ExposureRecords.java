package io.millrace.intake;

import io.millrace.event.Impression;
import io.millrace.event.Served;
import io.millrace.event.ServedArm;
import io.millrace.experiment.Arm;
import io.millrace.experiment.Assigner;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentState;
import io.millrace.experiment.MetricKind;
import io.millrace.feature.NearestName;
import io.millrace.intake.GivenEvent.Exposed;
import io.millrace.ranking.ArmDecision;
import io.millrace.ranking.InvalidRequestException;
import io.millrace.ranking.RunningExperiments;
import io.millrace.wire.AvroWire;
import io.millrace.wire.RejectionReason;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * Exposures become impressions that no model has scored: {@link Served} has an empty model and no
 * probability. They name the arm alone, and their features are of a schema that no model learns
 * from. Safe for use by many threads.
 */
final class ExposureRecords {
  private static final Schema FEATURES =
      new Schema.Parser()
          .parse(
              """
              {"type":"record","name":"Exposure","namespace":"io.millrace.exposure",
               "doc":"A unit was shown what an arm of an experiment gets; no model learns from it.",
               "millrace":{"table":{"rows":1024,"dim":4}},
               "fields":[{"name":"experiment","type":"string","feature":{"kind":"categorical"}}]}
              """);

  private final RunningExperiments experiments;

  ExposureRecords(RunningExperiments experiments) {
    this.experiments = experiments;
  }

  /** The id of an exposure: one of an experiment and a unit, unless it has its own. */
  static String id(Exposed event) {
    String own = event.impressionId();
    return own == null ? event.experiment() + "/" + event.unit() : own;
  }

  /**
   * The record of an exposure.
   *
   * @param id of the exposure
   * @throws RefusedEventException if the experiment does not give the unit this arm, or it does not
   *     count
   */
  Impression of(Exposed event, String id, Instant time, AvroWire wire)
      throws RefusedEventException {
    ArmDecision decision =
        experiments
            .decide(
                event.experiment(),
                experiment ->
                    name ->
                        name.equals(experiment.unit().attribute())
                            ? event.unit()
                            : event.attributes().get(name))
            .orElseThrow(
                () ->
                    refused(
                        event,
                        "experiment",
                        "the key of an experiment"
                            + NearestName.hint(event.experiment(), experiments.keys()),
                        event.experiment()));
    requireNoPredictions(event, decision.experiment());
    ServedArm arm = arm(event, decision);
    GenericRecord features = new GenericData.Record(FEATURES);
    features.put("experiment", event.experiment());
    return new Impression(
        id,
        time,
        ByteBuffer.wrap(wire.encode(features)),
        new Served("", 0L, Float.NaN, 0L, List.of(arm), null));
  }

  private static ServedArm arm(Exposed event, ArmDecision decision) throws RefusedEventException {
    ServedArm given = decision.counted().orElse(null);
    String shown = event.arm();
    if (given != null && (shown == null || shown.equals(given.getArm()))) {
      return given;
    }
    Experiment experiment = decision.experiment();
    if (shown != null
        && experiment.state() == ExperimentState.RUNNING
        && experiment.stickiness().isPresent()) {
      return kept(event, experiment, shown);
    }
    throw refused(
        event,
        shown == null ? "unit" : "arm",
        "what the experiment gives this unit: "
            + (given == null
                ? "no arm that counts (%s)".formatted(decision.why())
                : "arm " + given.getArm()),
        shown == null ? event.unit() : shown);
  }

  /** Where units are sticky, clients know which arm was given before, and servers do not. */
  private static ServedArm kept(Exposed event, Experiment experiment, String shown)
      throws RefusedEventException {
    List<String> arms = experiment.arms().stream().map(Arm::name).toList();
    int index = arms.indexOf(shown);
    if (index < 0) {
      throw refused(
          event, "arm", "an arm of the experiment" + NearestName.hint(shown, arms), shown);
    }
    return new ServedArm(
        experiment.key(), event.unit(), shown, new Assigner(experiment).propensities()[index]);
  }

  private static void requireNoPredictions(Exposed event, Experiment experiment)
      throws RefusedEventException {
    boolean predicted =
        Stream.concat(experiment.metrics().stream(), experiment.guardRails().stream())
            .anyMatch(
                metric ->
                    metric.kind() == MetricKind.LOGLOSS || metric.kind() == MetricKind.CALIBRATION);
    if (predicted) {
      throw refused(
          event,
          "experiment",
          "an experiment without metrics of predictions (logloss, calibration), which exposures have none of",
          experiment.key());
    }
  }

  private static RefusedEventException refused(
      Exposed event, String key, String expected, @Nullable Object value) {
    return new RefusedEventException(
        RejectionReason.NOT_ASSIGNED,
        InvalidRequestException.field(event.at(key), expected, value));
  }
}
