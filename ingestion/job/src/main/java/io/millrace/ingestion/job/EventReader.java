package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.ingestion.EventDecoder;
import io.millrace.ingestion.Origin;
import io.millrace.ingestion.ReadPositions;
import io.millrace.schema.SchemaRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Decodes what a {@link PartitionReader} gives, in the task's thread. */
final class EventReader
    extends SingleThreadMultiplexSourceReaderBase<
        PartitionReader.Read, Arrival, KafkaPartitionSplit, KafkaPartitionSplitState> {
  private final SchemaRegistry registry;

  /**
   * @param registry of the decoder, closed with the reader
   */
  EventReader(
      Supplier<SplitReader<PartitionReader.Read, KafkaPartitionSplit>> reader,
      EventDecoder decoder,
      SchemaRegistry registry,
      SourceReaderContext context) {
    super(reader, new Emitter(decoder), context.getConfiguration(), context);
    this.registry = registry;
  }

  private static final class Emitter
      implements RecordEmitter<PartitionReader.Read, Arrival, KafkaPartitionSplitState> {
    private final EventDecoder decoder;
    private List<ReadPositions.Position> positions = new ArrayList<>();

    Emitter(EventDecoder decoder) {
      this.decoder = decoder;
    }

    @Override
    public void emitRecord(
        PartitionReader.Read read, SourceOutput<Arrival> output, KafkaPartitionSplitState split) {
      if (read instanceof PartitionReader.Read.Event event) {
        ConsumerRecord<byte[], byte[]> record = event.record();
        split.setCurrentOffset(record.offset() + 1);
        output.collect(
            decoder.decode(
                new Origin(
                    record.topic(),
                    record.partition(),
                    record.offset(),
                    record.timestamp(),
                    record.key(),
                    record.value())));
        return;
      }
      PartitionReader.Read.Position at = (PartitionReader.Read.Position) read;
      if (at.position().next() >= 0) {
        split.setCurrentOffset(at.position().next());
      }
      positions.add(at.position());
      if (at.last()) {
        output.collect(new ReadPositions(positions, at.takenNanos()));
        positions = new ArrayList<>();
      }
    }
  }

  @Override
  protected void onSplitFinished(Map<String, KafkaPartitionSplitState> finished) {}

  @Override
  protected KafkaPartitionSplitState initializedState(KafkaPartitionSplit split) {
    return new KafkaPartitionSplitState(split);
  }

  @Override
  protected KafkaPartitionSplit toSplitType(String id, KafkaPartitionSplitState state) {
    return state.toKafkaPartitionSplit();
  }

  @Override
  public void close() throws Exception {
    super.close();
    registry.close();
  }
}
