package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpStatus;
import io.millrace.experiment.Experiment;
import io.millrace.experiment.ExperimentView;
import io.millrace.experiment.readout.ExperimentReadout;
import io.millrace.experiment.readout.ExperimentResults;
import io.millrace.feature.NearestName;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an experiment has shown: {@code GET /v1/experiments/results}. Safe for many threads. */
final class ExperimentResultsEndpoint {
  private final Supplier<ExperimentView> experiments;
  private final ExperimentResults results;

  ExperimentResultsEndpoint(Supplier<ExperimentView> experiments, ExperimentResults results) {
    this.experiments = experiments;
    this.results = results;
  }

  /** The read-out of the experiment of a key. */
  ExperimentReadout of(@Nullable String key) {
    if (key == null) {
      throw RequestException.field("key", "an experiment's key", null);
    }
    ExperimentView view = experiments.get();
    Experiment experiment =
        view.find(key)
            .orElseThrow(
                () ->
                    RequestException.of(
                        HttpStatus.NOT_FOUND,
                        "experiment %s: there is none%s"
                            .formatted(key, NearestName.hint(key, view.experiments().keySet()))));
    return results
        .of(experiment)
        .orElseThrow(
            () -> RequestException.busy("The totals of experiments are not read from Kafka yet."));
  }
}
