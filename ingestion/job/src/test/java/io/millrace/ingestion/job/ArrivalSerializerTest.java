package io.millrace.ingestion.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.ImpressionEvent;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.OutcomeEvent;
import io.millrace.ingestion.ProgressEvent;
import io.millrace.ingestion.Rejection;
import io.millrace.wire.RejectionReason;
import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArrivalSerializerTest {
  private static final Origin WHOLE =
      new Origin("clicks", 1, 2, 3, new byte[] {4}, new byte[] {5, 6});
  private static final Origin EMPTY = new Origin("impressions", 0, 9, -1, null, null);

  static Arrival[] arrivals() {
    return new Arrival[] {
      new ImpressionEvent("ü", 7, new byte[] {8}, WHOLE),
      OutcomeEvent.click("c", 9, WHOLE),
      new OutcomeEvent("c", "conversion", 9, 2.5, true, WHOLE),
      new ProgressEvent(Long.MAX_VALUE, EMPTY),
      new Rejection(RejectionReason.UNDECODABLE, "x".repeat(70_000), EMPTY)
    };
  }

  @ParameterizedTest
  @MethodSource("arrivals")
  void arrivalsTravelBetweenTasks(Arrival arrival) throws IOException {
    ArrivalSerializer serializer = new ArrivalSerializer();
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(arrival, out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

    assertThat(serializer.deserialize(in)).usingRecursiveComparison().isEqualTo(arrival);
    assertThat(in.available()).isZero();
    assertThat(serializer.copy(arrival)).isSameAs(arrival);
  }
}
