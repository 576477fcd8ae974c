package io.millrace.ingestion.job;

import io.millrace.ingestion.IngestionProgress;
import io.millrace.ingestion.JoinCounts;
import io.millrace.ingestion.OutputWriter;
import io.millrace.schema.SchemaRegistry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Adds the differences that the join counts up to totals, and emits the totals with each, beside
 * how far the join is. Runs with parallelism 1; its state is the one truth about the counts.
 */
@SuppressWarnings("NullAway.Init") // Flink sets transient fields in initializeState and open.
final class CountTotals extends AbstractStreamOperator<Outbound>
    implements OneInputStreamOperator<CountsUpdate, Outbound> {
  private static final long serialVersionUID = 1;
  private static final byte[] KEY = "counts".getBytes(StandardCharsets.US_ASCII);

  private final RegistryFactory registryFactory;

  private transient SchemaRegistry registry;
  private transient OutputWriter writer;
  private transient ListState<byte[]> state;
  private transient JoinCounts totals;
  private transient IngestionProgress progress;

  CountTotals(RegistryFactory registryFactory) {
    this.registryFactory = registryFactory;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    state =
        context
            .getOperatorStateStore()
            .getListState(
                new ListStateDescriptor<>(
                    "totals", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    totals = new JoinCounts();
    progress = IngestionProgress.NONE;
    for (byte[] stored : state.get()) {
      totals.add(JoinCounts.fromBytes(stored));
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    registry = registryFactory.open();
    writer = new OutputWriter(registry);
    if (!totals.isEmpty()) {
      emit();
    }
  }

  @Override
  public void processElement(StreamRecord<CountsUpdate> update) {
    totals.add(JoinCounts.fromBytes(update.getValue().difference()));
    progress = IngestionProgress.fromBytes(update.getValue().progress());
    emit();
  }

  private void emit() {
    long now = getProcessingTimeService().getCurrentProcessingTime();
    output.collect(new StreamRecord<>(new Outbound(KEY, writer.counts(totals, progress, now))));
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    state.update(List.of(totals.toBytes()));
  }

  @Override
  public void close() throws Exception {
    if (registry != null) {
      registry.close();
    }
    super.close();
  }
}
