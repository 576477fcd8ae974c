package io.millrace.experiment.job;

import io.millrace.registry.KafkaSchemaRegistry;
import java.time.Clock;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** examples ▶ units of experiments ▶ experiment-metrics; one job for all experiments. */
public final class ExperimentJob {
  private ExperimentJob() {}

  /** Adds the job's steps to an environment; source, totals and sink run in one thread. */
  public static void build(StreamExecutionEnvironment env, ExperimentJobConfig config) {
    DataStreamUtils.reinterpretAsKeyedStream(
            env.fromSource(source(config), WatermarkStrategy.noWatermarks(), "examples")
                .uid("examples")
                .setParallelism(1),
            new OneTask(),
            Types.STRING)
        .transform(
            "experiment-metrics",
            ExperimentMetricsOperator.OUTPUT,
            new ExperimentMetricsOperator(
                () ->
                    new KafkaSchemaRegistry(
                        config.kafka().client(), config.topics().schemas(), Clock.systemUTC())))
        .uid("experiment-metrics")
        .setParallelism(1)
        .sinkTo(sink(config))
        .name("to-experiment-metrics")
        .uid("to-experiment-metrics")
        .setParallelism(1);
  }

  private static KafkaSource<byte[]> source(ExperimentJobConfig config) {
    return KafkaSource.<byte[]>builder()
        .setProperties(config.kafka().asProperties())
        .setTopics(config.topics().examples())
        .setGroupId(config.topicPrefix() + "millrace-experiments")
        .setStartingOffsets(new FirstRecord(config.acceptLostExamples()))
        .setDeserializer(KafkaRecordDeserializationSchema.valueOnly(ByteArrayDeserializer.class))
        .setProperty("isolation.level", "read_committed")
        .setProperty("max.poll.records", "2000")
        .build();
  }

  private static KafkaSink<Tuple2<byte[], byte[]>> sink(ExperimentJobConfig config) {
    return KafkaSink.<Tuple2<byte[], byte[]>>builder()
        .setKafkaProducerConfig(config.kafka().asProperties())
        .setRecordSerializer(new ToTopic(config.topics().experimentMetrics()))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty("max.request.size", Integer.toString(16 << 20))
        .build();
  }

  /** All keys are in one task; the operator sets the key of each unit itself. */
  private static final class OneTask implements KeySelector<byte[], String> {
    private static final long serialVersionUID = 1;

    @Override
    public String getKey(byte[] element) {
      return "";
    }
  }

  private record ToTopic(String topic)
      implements KafkaRecordSerializationSchema<Tuple2<byte[], byte[]>> {
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        Tuple2<byte[], byte[]> record, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, record.f0, record.f1);
    }
  }
}
