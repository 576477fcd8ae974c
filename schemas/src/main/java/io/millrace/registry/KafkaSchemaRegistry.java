package io.millrace.registry;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.avro.Schema;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A registry whose only truth is a compacted Kafka topic of one partition. Any number of instances
 * may write to it at once.
 *
 * <p>To register, an instance reads the log to its end, appends a claim to the next id and version,
 * and reads until it sees its own record. Every reader accepts a claim only if it is the next one
 * at its place in the log ({@link SchemaLedger}), so all of them agree on who was first; whoever
 * was not, tries again. An unknown id or subject also makes it read to the end of the log before it
 * answers, so that what one process registered another finds.
 *
 * <p>Safe for use by many threads. Reading runs in a daemon thread of its own.
 */
public final class KafkaSchemaRegistry implements SchemaRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSchemaRegistry.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int PARTITION = 0;

  private final TopicPartition log;
  private final Clock clock;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread reader;
  private final String instance = UUID.randomUUID().toString();

  private final Object lock = new Object();

  /** What the log says up to {@link #position}; guarded by {@link #lock}, as is all below. */
  private final SchemaLedger ledger = new SchemaLedger();

  private long position;
  private long attempts;
  private @Nullable RuntimeException failure;
  private volatile boolean closed;

  /**
   * Opens the registry; the topic must exist. Returns at once: the log is read behind it, and
   * waited for where it matters.
   *
   * @param clientConfig {@code bootstrap.servers} and what else the Kafka clients need
   * @param topic a compacted topic of one partition
   * @param clock limits how long a call waits for Kafka
   */
  public KafkaSchemaRegistry(Map<String, Object> clientConfig, String topic, Clock clock) {
    this.log = new TopicPartition(topic, PARTITION);
    this.clock = clock;
    this.admin = Admin.create(new HashMap<>(clientConfig));
    Map<String, Object> producing = new HashMap<>(clientConfig);
    producing.put(ProducerConfig.ACKS_CONFIG, "all");
    producing.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    producing.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis());
    producing.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) PATIENCE.toMillis() / 2);
    producing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    producing.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20);
    this.producer =
        new KafkaProducer<>(producing, new ByteArraySerializer(), new ByteArraySerializer());
    Map<String, Object> consuming = new HashMap<>(clientConfig);
    consuming.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    consuming.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    consuming.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    consuming.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    consuming.remove(ConsumerConfig.GROUP_ID_CONFIG);
    this.consumer =
        new KafkaConsumer<>(consuming, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    consumer.assign(List.of(log));
    consumer.seekToBeginning(List.of(log));
    this.reader = new Thread(this::readLog, "schema-registry-" + topic);
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public RegisteredSchema register(String subject, Schema schema) {
    Optional<RegisteredSchema> known = find(subject, schema);
    if (known.isPresent()) {
      return known.get();
    }
    readTo(endOfLog());
    while (true) {
      RegisteredSchema claim;
      String attempt;
      synchronized (lock) {
        Optional<RegisteredSchema> present = ledger.find(subject, schema);
        if (present.isPresent()) {
          return present.get();
        }
        claim = ledger.next(subject, schema);
        attempt = instance + "-" + attempts++;
      }
      readTo(append(claim, attempt) + 1);
    }
  }

  @Override
  public Optional<RegisteredSchema> byId(int id) {
    synchronized (lock) {
      Optional<RegisteredSchema> known = ledger.byId(id);
      if (known.isPresent()) {
        return known;
      }
    }
    readTo(endOfLog());
    synchronized (lock) {
      return ledger.byId(id);
    }
  }

  @Override
  public Optional<RegisteredSchema> latest(String subject) {
    readTo(endOfLog());
    synchronized (lock) {
      return ledger.latest(subject);
    }
  }

  @Override
  public List<String> subjects() {
    readTo(endOfLog());
    synchronized (lock) {
      return ledger.subjects();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      lock.notifyAll();
    }
    consumer.wakeup();
    try {
      reader.join(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(PATIENCE);
    admin.close(PATIENCE);
  }

  private Optional<RegisteredSchema> find(String subject, Schema schema) {
    synchronized (lock) {
      return ledger.find(subject, schema);
    }
  }

  /** Appends a claim and returns its offset. */
  private long append(RegisteredSchema claim, String attempt) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            log.topic(), PARTITION, SchemaRecord.key(claim, attempt), SchemaRecord.value(claim));
    try {
      return producer.send(record).get(PATIENCE.toMillis() * 2, TimeUnit.MILLISECONDS).offset();
    } catch (ExecutionException e) {
      throw new SchemaRegistryException(
          "cannot append schema " + claim.subject() + " to " + log, e.getCause());
    } catch (TimeoutException e) {
      throw new SchemaRegistryException(
          "cannot append schema " + claim.subject() + " to " + log + " in time", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private long endOfLog() {
    try {
      return admin
          .listOffsets(
              Map.of(log, OffsetSpec.latest()),
              new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
          .partitionResult(log)
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .offset();
    } catch (ExecutionException e) {
      throw new SchemaRegistryException("cannot read the end of " + log, e.getCause());
    } catch (TimeoutException e) {
      throw new SchemaRegistryException("cannot read the end of " + log + " in time", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Waits until the ledger holds everything before {@code offset}. */
  private void readTo(long offset) {
    long deadline = clock.millis() + PATIENCE.toMillis();
    synchronized (lock) {
      while (position < offset) {
        if (failure != null) {
          throw new SchemaRegistryException("cannot read " + log, failure);
        }
        if (closed) {
          throw new IllegalStateException("the registry on " + log + " is closed");
        }
        long left = deadline - clock.millis();
        if (left <= 0) {
          throw new SchemaRegistryException(
              "%s: read to offset %d within %s, expected to reach %d"
                  .formatted(log, position, PATIENCE, offset),
              null);
        }
        try {
          lock.wait(left);
        } catch (InterruptedException e) {
          throw interrupted(e);
        }
      }
    }
  }

  private void readLog() {
    try {
      while (!closed) {
        readSome();
      }
    } catch (WakeupException e) {
      // closed
    } catch (RuntimeException e) {
      LOG.error("{}: the schema registry cannot read any further", log, e);
      synchronized (lock) {
        failure = e;
        lock.notifyAll();
      }
    } finally {
      // It has nothing to commit, so it needn't wait for the fetch under way.
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  private void readSome() {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      // The position, not the last record: compaction and transaction markers leave gaps.
      long reached = consumer.position(log);
      synchronized (lock) {
        records.forEach(this::apply);
        position = reached;
        lock.notifyAll();
      }
    } catch (RetriableException e) {
      LOG.warn("{}: cannot be read for now: {}", log, e.getMessage());
    }
  }

  private void apply(ConsumerRecord<byte[], byte[]> record) {
    RegisteredSchema claim;
    try {
      claim = SchemaRecord.parse(record.value());
    } catch (IllegalArgumentException e) {
      LOG.warn("{} offset {}: skipped, {}", log, record.offset(), e.getMessage());
      return;
    }
    if (!ledger.accept(claim)) {
      LOG.debug("{} offset {}: {} came too late", log, record.offset(), claim);
    }
  }

  private SchemaRegistryException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new SchemaRegistryException("interrupted while waiting for " + log, e);
  }
}
