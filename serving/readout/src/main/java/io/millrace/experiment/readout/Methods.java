package io.millrace.experiment.readout;

import io.millrace.experiment.readout.ExperimentReadout.IntervalReadout;
import io.millrace.inference.AlwaysValid;
import io.millrace.inference.Effect;
import io.millrace.inference.Fixed;
import io.millrace.inference.Hybrid;
import io.millrace.inference.Interval;
import io.millrace.inference.IntervalMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The methods by which a comparison is read. Hybrid decides where its units are planned, for then
 * the end is known beforehand; else always-valid does, since somebody may look at any time.
 *
 * @param planned units of both arms at the planned end
 */
record Methods(OptionalLong planned) {
  static final String FIXED = "fixed";
  static final String ALWAYS_VALID = "always-valid";
  static final String HYBRID = "hybrid";

  /** Where an always-valid interval is tightest if no units are planned. */
  private static final long TIGHTEST_AT = 10_000;

  AlwaysValid alwaysValid() {
    return new AlwaysValid(planned.orElse(TIGHTEST_AT));
  }

  /** The method whose intervals decide. */
  IntervalMethod deciding() {
    return planned.isPresent() ? new Hybrid(alwaysValid(), planned.getAsLong()) : alwaysValid();
  }

  String nameOfDeciding() {
    return planned.isPresent() ? HYBRID : ALWAYS_VALID;
  }

  /** All intervals of an effect. */
  List<IntervalReadout> intervals(Effect.Known effect, double alpha) {
    List<IntervalReadout> all = new ArrayList<>();
    all.add(interval(FIXED, effect.interval(new Fixed(), alpha)));
    all.add(interval(ALWAYS_VALID, effect.interval(alwaysValid(), alpha)));
    if (planned.isPresent()) {
      all.add(interval(HYBRID, effect.interval(deciding(), alpha)));
    }
    return all;
  }

  private IntervalReadout interval(String name, Interval interval) {
    return new IntervalReadout(
        name,
        name.equals(nameOfDeciding()),
        finite(interval.lower()),
        finite(interval.upper()),
        interval.pValue(),
        interval.method());
  }

  /** A number that JSON can hold, else null. */
  static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
