package io.millrace.training;

import io.millrace.topic.Topics;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Examples in, parameters out: one learner on one partition. */
public final class TrainingJob {
  /** How long its transactions may stay open, which a broker has to allow. */
  public static final Duration TRANSACTION_TIMEOUT = ParameterPublisher.TRANSACTION_TIMEOUT;

  private TrainingJob() {}

  /** Adds the job's steps to an environment; source, learner and sink run in one thread. */
  public static void build(StreamExecutionEnvironment env, TrainingJobConfig config) {
    Topics topics = config.topics();
    String name = config.modelConfig().name();
    DataStreamUtils.reinterpretAsKeyedStream(
            env.fromSource(source(config, name), WatermarkStrategy.noWatermarks(), "examples")
                .uid("examples")
                .setParallelism(1),
            new OnePartition(),
            Types.INT)
        .transform(
            "learner",
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO,
            new LearnerOperator(config))
        .uid("learner")
        .setParallelism(1)
        .sinkTo(rejected(config, topics.rejected()))
        .name("rejected")
        .uid("rejected")
        .setParallelism(1);
  }

  private static KafkaSource<byte[]> source(TrainingJobConfig config, String model) {
    return KafkaSource.<byte[]>builder()
        .setProperties(config.kafka().asProperties())
        .setTopics(config.topics().examples())
        .setGroupId(config.topicPrefix() + "millrace-learner-" + model)
        .setStartingOffsets(new FirstStart(config.acceptLostEvents()))
        .setDeserializer(new OffsetAndValue())
        .setProperty("max.poll.records", "2000")
        .build();
  }

  private static KafkaSink<byte[]> rejected(TrainingJobConfig config, String topic) {
    return KafkaSink.<byte[]>builder()
        .setKafkaProducerConfig(config.kafka().asProperties())
        .setRecordSerializer(new ToTopic(topic))
        .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
        .setProperty("max.request.size", Integer.toString(32 << 20))
        .build();
  }

  /** There is one partition, and its key is 0. */
  private static final class OnePartition implements KeySelector<byte[], Integer> {
    private static final long serialVersionUID = 1;

    @Override
    public Integer getKey(byte[] element) {
      return LearnerOperator.PARTITION;
    }
  }

  private record ToTopic(String topic) implements KafkaRecordSerializationSchema<byte[]> {
    @Override
    public ProducerRecord<byte[], byte[]> serialize(
        byte[] value, KafkaSinkContext context, Long timestamp) {
      return new ProducerRecord<>(topic, value);
    }
  }
}
