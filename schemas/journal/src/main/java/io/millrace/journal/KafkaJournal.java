package io.millrace.journal;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal that is a compacted Kafka topic of one partition. Any number of instances, in any
 * number of processes, may write to it at once.
 *
 * <p>To make a change, an instance reads the log to its end, decides, appends a claim to the next
 * revision, and reads until it sees its own record. Every reader applies a claim only if it is to
 * the next revision at its place in the log ({@link JournalState}), so all of them agree on who was
 * first; whoever was not decides anew. A claim that was cut off and arrives late can do no harm.
 *
 * <p>Reading runs in a daemon thread of its own.
 *
 * @param <S> what the changes amount to
 * @param <C> a change
 */
public final class KafkaJournal<S extends JournalState<C>, C> implements Journal<S, C> {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaJournal.class);
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration READ_WAIT = Duration.ofSeconds(2);
  private static final int MAX_RECORD_BYTES = 16 << 20;
  private static final int PARTITION = 0;

  private final TopicPartition log;
  private final Clock clock;
  private final Duration patience;
  private final Admin admin;
  private final KafkaProducer<byte[], byte[]> producer;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread reader;
  private final String instance = UUID.randomUUID().toString();

  /** Claims of one instance would only defeat each other. */
  private final ReentrantLock changing = new ReentrantLock(true);

  private final ReentrantReadWriteLock stateLock = new ReentrantReadWriteLock();

  /** What the log says up to {@link #position}; guarded by {@link #stateLock}. */
  private final S state;

  private final JournalFormat<C> format;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  private final Object progress = new Object();

  /** Guarded by {@link #progress}, as are the next four. */
  private long position;

  private long attempts;
  private @Nullable String awaited;
  private boolean awaitedHolds;
  private @Nullable Throwable failure;

  /** Until when reads answer from what is known, because Kafka could not be reached. */
  private volatile long unreachableUntilMillis = Long.MIN_VALUE;

  /** Whether the log was once read to its end: what is known may be old, but is not half. */
  private volatile boolean caughtUp;

  private volatile boolean closed;

  /**
   * Opens a log; the topic must exist. Returns at once: the log is read behind it, and waited for
   * where it matters.
   *
   * @param clientConfig {@code bootstrap.servers} and what else the Kafka clients need
   * @param topic a compacted topic of one partition
   * @param state without a change; the journal's own from now on
   * @param format how changes are written
   * @param clock measures how long a call waits
   * @param patience how long a call waits for Kafka
   */
  public KafkaJournal(
      Map<String, Object> clientConfig,
      String topic,
      S state,
      JournalFormat<C> format,
      Clock clock,
      Duration patience) {
    this.state = state;
    this.format = format;
    this.log = new TopicPartition(topic, PARTITION);
    this.clock = clock;
    this.patience = patience;
    int patienceMillis = Math.toIntExact(patience.toMillis());
    this.admin = Admin.create(new HashMap<>(clientConfig));
    Map<String, Object> producing = new HashMap<>(clientConfig);
    producing.put(ProducerConfig.ACKS_CONFIG, "all");
    producing.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    producing.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, patienceMillis);
    producing.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, patienceMillis / 2);
    producing.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, patienceMillis);
    producing.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    producing.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_RECORD_BYTES);
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
    this.reader = new Thread(this::readLog, "journal-of-" + topic);
    reader.setDaemon(true);
    reader.start();
  }

  @Override
  public void catchUp() {
    catchUp(clock.millis() + patience.toMillis());
  }

  private void catchUp(long deadline) {
    readTo(endOfLog(deadline), deadline);
    caughtUp = true;
    unreachableUntilMillis = Long.MIN_VALUE;
  }

  @Override
  public void catchUpIfReachable() {
    long now = clock.millis();
    if (now < unreachableUntilMillis) {
      return;
    }
    try {
      catchUp(now + READ_WAIT.toMillis());
    } catch (JournalException e) {
      synchronized (progress) {
        if (failure != null || !caughtUp) {
          throw e;
        }
      }
      LOG.warn("{}: answering from what was read before: {}", log, e.getMessage());
      unreachableUntilMillis = clock.millis() + READ_WAIT.toMillis();
    }
  }

  @Override
  public <T> T read(Function<S, T> question) {
    stateLock.readLock().lock();
    try {
      return question.apply(state);
    } finally {
      stateLock.readLock().unlock();
    }
  }

  /** A decision with the revision that it wants to make. */
  private record Claim<C, T>(Decision<C, T> decision, long revision) {}

  @Override
  public <T> T change(Function<S, Decision<C, T>> decide) {
    long deadline = clock.millis() + patience.toMillis();
    try {
      if (!changing.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new JournalException(
            "%s: others' changes took longer than %s".formatted(log, patience), null);
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      catchUp(deadline);
      while (true) {
        Claim<C, T> claim = read(s -> new Claim<>(decide.apply(s), s.revision() + 1));
        C change = claim.decision().change();
        if (change == null || holds(change, claim.revision(), deadline)) {
          return claim.decision().answer();
        }
      }
    } finally {
      changing.unlock();
    }
  }

  /** Appends a claim, waits until it was read back, and says whether it was the first. */
  private boolean holds(C change, long revision, long deadline) {
    JournalRecord<C> record;
    synchronized (progress) {
      record = new JournalRecord<>(instance + "-" + attempts++, revision, change);
      awaited = record.attempt();
      awaitedHolds = false;
    }
    readTo(append(record, deadline) + 1, deadline);
    synchronized (progress) {
      return awaitedHolds;
    }
  }

  @Override
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    synchronized (progress) {
      if (closed) {
        return;
      }
      closed = true;
      progress.notifyAll();
    }
    consumer.wakeup();
    try {
      reader.join(patience.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(patience);
    admin.close(patience);
  }

  /** Appends a claim and returns its offset. */
  private long append(JournalRecord<C> record, long deadline) {
    try {
      return producer
          .send(new ProducerRecord<>(log.topic(), PARTITION, record.key(), record.value(format)))
          .get(millisTo(deadline), TimeUnit.MILLISECONDS)
          .offset();
    } catch (ExecutionException e) {
      throw new JournalException("cannot append to " + log, e.getCause());
    } catch (KafkaException e) {
      throw new JournalException("cannot append to " + log, e);
    } catch (TimeoutException e) {
      throw new JournalException("cannot append to " + log + " in time", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private long endOfLog(long deadline) {
    try {
      return admin
          .listOffsets(
              Map.of(log, OffsetSpec.latest()),
              new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
          .partitionResult(log)
          .get(millisTo(deadline), TimeUnit.MILLISECONDS)
          .offset();
    } catch (ExecutionException e) {
      throw new JournalException("cannot read the end of " + log, e.getCause());
    } catch (TimeoutException e) {
      throw new JournalException("cannot read the end of " + log + " in time", e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private long millisTo(long deadline) {
    return Math.max(1, deadline - clock.millis());
  }

  /** Waits until the state holds everything before {@code offset}. */
  private void readTo(long offset, long deadline) {
    synchronized (progress) {
      while (position < offset) {
        if (failure != null) {
          throw new JournalException("cannot read " + log, failure);
        }
        if (closed) {
          throw new IllegalStateException("the journal on " + log + " is closed");
        }
        long left = deadline - clock.millis();
        if (left <= 0) {
          throw new JournalException(
              "%s: read to offset %d in time, expected to reach %d"
                  .formatted(log, position, offset),
              null);
        }
        try {
          progress.wait(left);
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
    } catch (RuntimeException | Error e) {
      // Whoever waits is told, whatever it was; a thread that ended in silence would be waited for.
      LOG.error("{}: the journal cannot be read any further", log, e);
      synchronized (progress) {
        failure = e;
        progress.notifyAll();
      }
    } finally {
      // It has nothing to commit, so it needn't wait for the fetch under way.
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  private void readSome() {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      // Before anything that may fail: no later poll brings these again.
      if (!records.isEmpty()) {
        long before = state.revision();
        stateLock.writeLock().lock();
        try {
          records.forEach(this::apply);
        } finally {
          stateLock.writeLock().unlock();
        }
        if (state.revision() > before) {
          listeners.forEach(this::tell);
        }
      }
      // The position, not the last record: compaction and transaction markers leave gaps.
      long reached = consumer.position(log, POLL);
      synchronized (progress) {
        position = reached;
        progress.notifyAll();
      }
    } catch (RetriableException e) {
      LOG.warn("{}: cannot be read for now: {}", log, e.getMessage());
    }
  }

  private void tell(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.error("{}: a listener failed", log, e);
    }
  }

  private void apply(ConsumerRecord<byte[], byte[]> record) {
    JournalRecord<C> claim;
    try {
      claim = JournalRecord.parse(record.key(), record.value(), format);
    } catch (IllegalArgumentException e) {
      LOG.warn("{} offset {}: skipped, {}", log, record.offset(), e.getMessage());
      return;
    }
    boolean holds = state.apply(claim.revision(), claim.change());
    LOG.debug("{} offset {}: {} {}", log, record.offset(), claim, holds ? "holds" : "is too late");
    synchronized (progress) {
      if (claim.attempt().equals(awaited)) {
        awaitedHolds = holds;
      }
    }
  }

  private JournalException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new JournalException("interrupted while waiting for " + log, e);
  }
}
