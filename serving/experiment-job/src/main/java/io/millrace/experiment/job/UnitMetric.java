package io.millrace.experiment.job;

import io.millrace.inference.UnitValues;
import java.util.Locale;

/** What is known of a unit by outcome. The words of the constants are the kinds of the contract. */
enum UnitMetric {
  /** A mean of units: impressions whose label of the outcome is known. */
  IMPRESSIONS {
    @Override
    UnitValues of(OutcomeSums sums) {
      return UnitValues.of(sums.impressions());
    }
  },
  /** A ratio: outcomes by impressions. */
  RATE {
    @Override
    UnitValues of(OutcomeSums sums) {
      return UnitValues.ratio(sums.positives(), sums.impressions());
    }
  },
  /** A ratio: value of the outcomes by impressions. */
  VALUE {
    @Override
    UnitValues of(OutcomeSums sums) {
      return UnitValues.ratio(sums.value(), sums.impressions());
    }
  },
  /** A ratio: log loss by impressions. */
  LOGLOSS {
    @Override
    UnitValues of(OutcomeSums sums) {
      return UnitValues.ratio(sums.logLoss(), sums.impressions());
    }
  },
  /** A ratio: outcomes by the sum of their predicted probabilities. */
  CALIBRATION {
    @Override
    UnitValues of(OutcomeSums sums) {
      return UnitValues.ratio(sums.positives(), sums.predicted());
    }
  };

  abstract UnitValues of(OutcomeSums sums);

  /** As the contract has it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
