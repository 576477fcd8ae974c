package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.ImpressionEvent;
import io.millrace.ingestion.OutcomeEvent;
import io.millrace.ingestion.Rejection;
import org.apache.flink.api.java.functions.KeySelector;

/** The impression id; for what has none its place or nothing, which touches no state. */
final class ArrivalKey implements KeySelector<Arrival, String> {
  private static final long serialVersionUID = 1;

  @Override
  public String getKey(Arrival arrival) {
    if (arrival instanceof ImpressionEvent impression) {
      return impression.impressionId();
    }
    if (arrival instanceof OutcomeEvent outcome) {
      return outcome.impressionId();
    }
    return arrival instanceof Rejection rejection ? rejection.origin().place() : "";
  }
}
