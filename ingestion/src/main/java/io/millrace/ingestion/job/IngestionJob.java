package io.millrace.ingestion.job;

import io.millrace.ingestion.Arrival;
import io.millrace.topic.Topics;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** impressions, clicks ▶ decode ▶ label join ▶ examples, rejected, ingestion-counts. */
public final class IngestionJob {
  private IngestionJob() {}

  /** Adds the job to {@code env}, whose parallelism, checkpoints and state backend it takes. */
  public static void build(StreamExecutionEnvironment env, IngestionJobConfig config) {
    Topics topics = config.topics();
    RegistryFactory registry = config.registryFactory();
    checkParallelism(env.getParallelism(), config.watermarks());

    DataStream<Arrival> arrivals =
        env.fromSource(source(config, registry), watermarks(config.watermarks()), "events")
            .uid("events");
    SingleOutputStreamOperator<Outbound> examples =
        byId(arrivals, env.getParallelism())
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

  private static void checkParallelism(int parallelism, Watermarks watermarks) {
    if (watermarks instanceof Watermarks.ProgressOnly && parallelism != 1) {
      throw new IllegalArgumentException(
          "parallelism: " + parallelism + ", expected 1 where only Progress records move time");
    }
  }

  private static KafkaSource<Arrival> source(IngestionJobConfig config, RegistryFactory registry) {
    return KafkaSource.<Arrival>builder()
        .setBootstrapServers(config.bootstrap())
        .setTopics(List.of(config.topics().impressions(), config.topics().clicks()))
        .setGroupId(config.topicPrefix() + "millrace-ingestion")
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(new ArrivalDeserializer(registry, config.maxEventBytes()))
        .setProperty("max.poll.records", "2000")
        .build();
  }

  private static WatermarkStrategy<Arrival> watermarks(Watermarks watermarks) {
    return watermarks instanceof Watermarks.Live live
        ? WatermarkStrategy.forGenerator(
            context -> new LiveWatermarks(live, System::currentTimeMillis))
        : WatermarkStrategy.noWatermarks();
  }

  /** One thread needs no exchange between tasks: reading, joining and writing are one chain. */
  private static KeyedStream<Arrival, String> byId(DataStream<Arrival> arrivals, int parallelism) {
    return parallelism == 1
        ? DataStreamUtils.reinterpretAsKeyedStream(arrivals, new ArrivalKey(), Types.STRING)
        : arrivals.keyBy(new ArrivalKey(), Types.STRING);
  }

  private static KafkaSink<Outbound> sink(IngestionJobConfig config, String topic) {
    return KafkaSink.<Outbound>builder()
        .setBootstrapServers(config.bootstrap())
        .setRecordSerializer(new OutboundToTopic(topic))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        // A rejected event holds the whole original, which may be as large as its topic allows.
        .setProperty("max.request.size", Integer.toString(32 << 20))
        .setProperty("buffer.memory", Integer.toString(64 << 20))
        .setProperty("batch.size", Integer.toString(128 << 10))
        .build();
  }
}
