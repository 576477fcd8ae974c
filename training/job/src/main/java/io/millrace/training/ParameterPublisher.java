package io.millrace.training;

import io.millrace.embedding.RowFormat;
import io.millrace.event.RowUpdate;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.LearnerMetricsFormat;
import io.millrace.model.TensorSpec;
import io.millrace.parameters.ParameterKeys;
import io.millrace.parameters.RowUpdates;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes publishes to {@code parameters.<model>}, each with what the learner says of itself to
 * {@code learner-metrics.<model>} as one Kafka transaction, in a thread of its own. The
 * transactional id is the model's, so that a learner that comes back fences the one it replaces. At
 * most one publish is under way: the learner coalesces while it waits.
 *
 * <p>Whatever is thrown in the thread, {@link #idle} throws. What trying again would not mend ends
 * the job: a record that is larger than Kafka takes, and a whole publish that took longer than a
 * transaction may, since a learner that restarts publishes the whole first.
 */
final class ParameterPublisher implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterPublisher.class);

  /** What brokers allow at most unless they were told otherwise. */
  static final Duration TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

  private static final int MAX_RECORD_BYTES = 16 << 20;

  private final ModelConfig config;
  private final String topic;
  private final String metricsTopic;
  private final AvroWire wire;
  private final int rowSchemaId;
  private final Clock clock;
  private final Duration transactionTimeout;
  private final KafkaProducer<byte[], byte[]> producer;
  private final BlockingQueue<Publish> handedOver = new ArrayBlockingQueue<>(1);
  private final Thread thread;
  private volatile boolean busy;
  private volatile long handedOverNanos;
  private volatile long tookMillis;
  private volatile boolean closed;
  private volatile @Nullable Throwable failure;
  private final AtomicReference<@Nullable Unsent> unsent = new AtomicReference<>();

  /** The first record of a publish that could not be sent. */
  private record Unsent(String to, String what, int bytes, Exception cause) {}

  /**
   * Fences the learner that this one replaces, and starts the thread. The registry is not closed
   * here and must be thread-safe.
   *
   * @throws SuppressRestartsException if the broker allows no transaction of {@link
   *     #TRANSACTION_TIMEOUT}
   */
  ParameterPublisher(
      TrainingJobConfig job, ModelConfig config, SchemaRegistry registry, Clock clock) {
    this(job, config, registry, clock, TRANSACTION_TIMEOUT);
  }

  /** The same with a timeout of transactions, at least a millisecond. */
  ParameterPublisher(
      TrainingJobConfig job,
      ModelConfig config,
      SchemaRegistry registry,
      Clock clock,
      Duration transactionTimeout) {
    this.transactionTimeout = transactionTimeout;
    this.config = config;
    this.topic = job.topics().parameters(config.name());
    this.metricsTopic = job.topics().learnerMetrics(config.name());
    this.wire = new AvroWire(registry);
    this.rowSchemaId =
        registry
            .register(RowUpdate.getClassSchema().getFullName(), RowUpdate.getClassSchema())
            .id();
    this.clock = clock;
    Map<String, Object> properties = job.kafka().client();
    properties.put("transactional.id", job.topicPrefix() + "millrace-publisher-" + config.name());
    properties.put("transaction.timeout.ms", Long.toString(transactionTimeout.toMillis()));
    properties.put("linger.ms", "1");
    properties.put("batch.size", Integer.toString(256 << 10));
    properties.put("max.request.size", Integer.toString(MAX_RECORD_BYTES));
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
    } catch (RuntimeException e) {
      producer.close(Duration.ZERO);
      // Kafka has a class for it, and does not throw it
      if (!String.valueOf(e.getMessage()).contains("transaction.max.timeout.ms")) {
        throw e;
      }
      throw new SuppressRestartsException(
          new IllegalStateException(
              ("transaction.timeout.ms of the producer of %s: %d, but the broker allows less; raise"
                      + " the broker's transaction.max.timeout.ms to at least that")
                  .formatted(topic, transactionTimeout.toMillis()),
              e));
    }
    this.thread = new Thread(this::run, "publisher-" + config.name());
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Whether a publish may be handed over.
   *
   * @throws SuppressRestartsException if an earlier one failed and trying again would not help
   * @throws IllegalStateException if an earlier one failed otherwise
   */
  boolean idle() {
    Throwable present = failure;
    if (present instanceof SuppressRestartsException last) {
      throw last;
    }
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
    Publish publish = null;
    try {
      while (!closed) {
        publish = handedOver.take();
        write(publish);
        tookMillis = sinceHandOverMillis();
        if (tookMillis > transactionTimeout.toMillis() / 2) {
          LOG.warn(
              "a publish of {} rows to {} took {} s, more than half of the {} s that a transaction"
                  + " may take: a model that grows further can no longer be published",
              publish.rows().size(),
              topic,
              tookMillis / 1e3,
              transactionTimeout.toMillis() / 1e3);
        }
        busy = false;
      }
    } catch (Throwable e) { // also an Error: nobody else would say that publishing has ended
      if (!closed) {
        failure = publish == null ? e : inWords(publish, e);
        LOG.warn("publishing to {} failed", topic, failure);
      }
      busy = false;
    }
  }

  private long sinceHandOverMillis() {
    return (System.nanoTime() - handedOverNanos) / 1_000_000;
  }

  /** The failure of a publish, final if the same would come of another try. */
  private Throwable inWords(Publish publish, Throwable e) {
    Unsent record = unsent.get();
    long millis = sinceHandOverMillis();
    if (e instanceof KafkaException && millis > transactionTimeout.toMillis()) {
      boolean whole = publish.baseVersion() == 0;
      IllegalStateException late =
          new IllegalStateException(
              ("version %d of model %s: publishing %s to %s, %d rows of %d values, has taken %.1f s,"
                      + " but the broker ends a transaction after %.1f s, and nothing of it is"
                      + " published; a table with fewer rows, a smaller dim or a faster broker is"
                      + " needed")
                  .formatted(
                      publish.version(),
                      config.name(),
                      whole ? "the whole model" : "what has changed",
                      topic,
                      publish.rows().size(),
                      publish.rows().width(),
                      millis / 1e3,
                      transactionTimeout.toMillis() / 1e3),
              e);
      return whole ? new SuppressRestartsException(late) : late;
    }
    if (record == null) {
      return e;
    }
    boolean tooLarge = record.cause instanceof RecordTooLargeException;
    IllegalStateException notSent =
        new IllegalStateException(
            "version %d of model %s: %s of %d bytes cannot be sent to %s%s: %s"
                .formatted(
                    publish.version(),
                    config.name(),
                    record.what,
                    record.bytes,
                    record.to,
                    tooLarge
                        ? ", expected at most %d and max.message.bytes of the topic"
                            .formatted(MAX_RECORD_BYTES)
                        : "",
                    record.cause.getMessage()),
            e);
    return tooLarge ? new SuppressRestartsException(notSent) : notSent;
  }

  private void write(Publish publish) {
    unsent.set(null);
    producer.beginTransaction();
    for (long row : publish.removed()) {
      send("the removal of a row", ParameterKeys.row(row), null);
    }
    RowCopies rows = publish.rows();
    int width = rows.width();
    for (int i = 0; i < rows.size(); i++) {
      long row = rows.rows()[i];
      byte[] value =
          RowUpdates.encode(rowSchemaId, row, RowFormat.FP32, rows.values(), i * width, width);
      send("a row", ParameterKeys.row(row), value);
    }
    for (int t = 0; t < publish.tensors().specs().size(); t++) {
      TensorSpec spec = publish.tensors().specs().get(t);
      TensorUpdate update =
          TensorUpdate.newBuilder()
              .setName(spec.name())
              .setShape(Arrays.stream(spec.shape()).boxed().toList())
              .setData(littleEndian(publish.tensors().values()[t]))
              .build();
      send("tensor " + spec.name(), ParameterKeys.tensor(spec.name()), wire.encode(update));
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
            .setFault(publish.fault().map(Publish.Fault::words).orElse(null))
            .setSoundVersion(publish.fault().map(Publish.Fault::soundVersion).orElse(null))
            .setIncarnation(publish.incarnation().number())
            .setArithmetic(publish.incarnation().arithmetic())
            .setArithmeticSince(publish.incarnation().since())
            .build();
    send(
        metricsTopic,
        "the record of metrics",
        config.name().getBytes(StandardCharsets.UTF_8),
        wire.encode(
            LearnerMetricsFormat.write(
                config.name(), publish.incarnation().number(), figures(publish))));
    send("the manifest", ParameterKeys.manifest(), wire.encode(manifest));
    producer.commitTransaction();
  }

  /** With the seconds that the publish before took, once there was one. */
  private LearnerFigures figures(Publish publish) {
    return tookMillis == 0
        ? publish.figures()
        : publish.figures().withPublishSeconds(tookMillis / 1e3);
  }

  private void send(String what, byte[] key, byte @Nullable [] value) {
    send(topic, what, key, value);
  }

  private void send(String to, String what, byte[] key, byte @Nullable [] value) {
    // a failed send fails the commit, which says neither record nor reason
    int bytes = key.length + (value == null ? 0 : value.length);
    var unused =
        producer.send(
            new ProducerRecord<>(to, 0, key, value),
            (metadata, e) -> {
              if (e != null) {
                unsent.compareAndSet(null, new Unsent(to, what, bytes, e));
              }
            });
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
