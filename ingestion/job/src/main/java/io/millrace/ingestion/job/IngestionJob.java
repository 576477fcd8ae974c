package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.topic.Topics;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** impressions, clicks ▶ decode ▶ label join ▶ examples, rejected, ingestion-counts. */
public final class IngestionJob {
  private IngestionJob() {}

  /** Adds the job to {@code env}, whose parallelism, checkpoints and state backend it takes. */
  public static void build(StreamExecutionEnvironment env, IngestionJobConfig config) {
    Topics topics = config.topics();
    RegistryFactory registry = config.registryFactory();
    checkParallelism(env.getParallelism());

    DataStream<Arrival> arrivals =
        env.fromSource(
                new EventSource(config, registry),
                WatermarkStrategy.noWatermarks(),
                "events",
                ImmutableType.ARRIVAL)
            .uid("events");
    SingleOutputStreamOperator<Outbound> examples =
        // One thread needs no exchange between tasks: reading, joining and writing are one chain.
        DataStreamUtils.reinterpretAsKeyedStream(arrivals, new ArrivalKey(), Types.STRING)
            .transform(
                "label-join", ImmutableType.OUTBOUND, new LabelJoinOperator(config, registry))
            .uid("label-join");
    examples.sinkTo(sink(config, topics.examples())).name("examples").uid("examples");
    examples
        .getSideOutput(LabelJoinOperator.REJECTED)
        .sinkTo(sink(config, topics.rejected()))
        .name("rejected")
        .uid("rejected");
    examples
        .getSideOutput(LabelJoinOperator.COUNTS)
        .transform("count-totals", ImmutableType.OUTBOUND, new CountTotals(registry))
        .setParallelism(1)
        .uid("count-totals")
        .sinkTo(sink(config, topics.ingestionCounts()))
        .setParallelism(1)
        .name("ingestion-counts")
        .uid("ingestion-counts");
  }

  /** Event time is that of all partitions together, which one task has to see. */
  private static void checkParallelism(int parallelism) {
    if (parallelism != 1) {
      throw new IllegalArgumentException(
          "parallelism of the ingestion job: " + parallelism + ", expected 1");
    }
  }

  private static KafkaSink<Outbound> sink(IngestionJobConfig config, String topic) {
    return KafkaSink.<Outbound>builder()
        .setKafkaProducerConfig(config.kafka().asProperties())
        .setRecordSerializer(new OutboundToTopic(topic))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        // A rejected event holds the whole original, which may be as large as its topic allows.
        .setProperty("max.request.size", Integer.toString(32 << 20))
        .setProperty("buffer.memory", Integer.toString(64 << 20))
        .setProperty("batch.size", Integer.toString(128 << 10))
        .build();
  }
}
