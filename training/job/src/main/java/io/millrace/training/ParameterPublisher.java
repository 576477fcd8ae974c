package io.millrace.training;

import io.millrace.embedding.RowCodec;
import io.millrace.event.RowUpdate;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.learner.ModelConfig;
import io.millrace.model.TensorSpec;
import io.millrace.parameters.ParameterKeys;
import io.millrace.parameters.RowUpdates;
import io.millrace.registry.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes publishes to {@code parameters.<model>}, each as one Kafka transaction, in a thread of its
 * own. The transactional id is the model's, so that a learner that comes back fences the one it
 * replaces. At most one publish is under way: the learner coalesces while it waits.
 */
final class ParameterPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterPublisher.class);

  private final ModelConfig config;
  private final String topic;
  private final AvroWire wire;
  private final int rowSchemaId;
  private final Clock clock;
  private final KafkaProducer<byte[], byte[]> producer;
  private final BlockingQueue<Publish> handedOver = new ArrayBlockingQueue<>(1);
  private final Thread thread;
  private volatile boolean busy;
  private volatile long handedOverNanos;
  private volatile long tookMillis;
  private volatile boolean closed;
  private volatile @Nullable Exception failure;

  /**
   * Fences the learner that this one replaces, and starts the thread. The registry is not closed
   * here and must be thread-safe.
   */
  ParameterPublisher(
      TrainingJobConfig job, ModelConfig config, SchemaRegistry registry, Clock clock) {
    this.config = config;
    this.topic = job.topics().parameters(config.name());
    this.wire = new AvroWire(registry);
    this.rowSchemaId =
        registry
            .register(RowUpdate.getClassSchema().getFullName(), RowUpdate.getClassSchema())
            .id();
    this.clock = clock;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                job.bootstrap(),
                "transactional.id",
                job.topicPrefix() + "millrace-publisher-" + config.name(),
                "linger.ms",
                "1",
                "batch.size",
                Integer.toString(256 << 10),
                "max.request.size",
                Integer.toString(16 << 20)),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      throw e;
    }
    this.thread = new Thread(this::run, "publisher-" + config.name());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Whether a publish may be handed over.
   *
   * @throws IllegalStateException if an earlier one failed
   */
  boolean idle() {
    Exception present = failure;
    if (present != null) {
      throw new IllegalStateException("publishing to " + topic + " failed", present);
    }
    return !busy;
  }

  /** Milliseconds from hand-over to commit of the last publish, 0 before the first. */
  long tookMillis() {
    return tookMillis;
  }

  /** Hands over a publish; the publisher must be idle. Its rows are free when it is idle again. */
  void publish(Publish publish) {
    busy = true;
    handedOverNanos = System.nanoTime();
    handedOver.add(publish);
  }

  private void run() {
    try {
      while (!closed) {
        Publish publish = handedOver.take();
        write(publish);
        tookMillis = (System.nanoTime() - handedOverNanos) / 1_000_000;
        busy = false;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.warn("publishing to {} failed", topic, e);
        failure = e;
      }
    }
  }

  private void write(Publish publish) {
    producer.beginTransaction();
    for (long row : publish.removed()) {
      send(ParameterKeys.row(row), null);
    }
    RowCopies rows = publish.rows();
    int width = rows.width();
    for (int i = 0; i < rows.size(); i++) {
      long row = rows.rows()[i];
      byte[] value =
          RowUpdates.encode(rowSchemaId, row, RowCodec.FP32, rows.values(), i * width, width);
      send(ParameterKeys.row(row), value);
    }
    for (int t = 0; t < publish.tensors().specs().size(); t++) {
      TensorSpec spec = publish.tensors().specs().get(t);
      TensorUpdate update =
          TensorUpdate.newBuilder()
              .setName(spec.name())
              .setShape(Arrays.stream(spec.shape()).boxed().toList())
              .setData(littleEndian(publish.tensors().values()[t]))
              .build();
      send(ParameterKeys.tensor(spec.name()), wire.encode(update));
    }
    VersionManifest manifest =
        VersionManifest.newBuilder()
            .setModel(config.name())
            .setVersion(publish.version())
            .setBaseVersion(publish.baseVersion())
            .setPublishedTime(clock.instant())
            .setModelConfig(config.toJson())
            .setFeatureSchema(publish.featureSchema())
            .setRows(rows.size())
            .setTensors(publish.tensors().specs().size())
            .setClickTimes(publish.clickTimes())
            .setMetrics(publish.metrics())
            .setIncarnation(publish.incarnation().number())
            .setArithmetic(publish.incarnation().arithmetic())
            .setArithmeticSince(publish.incarnation().since())
            .build();
    send(ParameterKeys.manifest(), wire.encode(manifest));
    producer.commitTransaction();
  }

  private void send(byte[] key, byte @Nullable [] value) {
    // A failed send fails the commit, which is where it is reported.
    var unused = producer.send(new ProducerRecord<>(topic, 0, key, value));
  }

  private static ByteBuffer littleEndian(float[] values) {
    ByteBuffer data =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return data;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(5000);
      producer.close(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      producer.close(Duration.ZERO);
    } catch (KafkaException e) {
      LOG.debug("producer of {} closed while a publish was under way", topic, e);
    }
  }
}
