package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.ClickEvent;
import io.millrace.ingestion.ImpressionEvent;
import org.apache.flink.api.java.functions.KeySelector;

/** The impression id; for what has none its place, which spreads it and touches no state. */
final class ArrivalKey implements KeySelector<Arrival, String> {
  private static final long serialVersionUID = 1;

  @Override
  public String getKey(Arrival arrival) {
    if (arrival instanceof ImpressionEvent impression) {
      return impression.impressionId();
    }
    if (arrival instanceof ClickEvent click) {
      return click.impressionId();
    }
    return arrival.origin().place();
  }
}
