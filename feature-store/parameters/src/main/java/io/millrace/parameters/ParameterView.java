package io.millrace.parameters;

import io.millrace.event.RowUpdate;
import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import io.millrace.schema.SchemaRegistry;
import io.millrace.wire.AvroWire;
import io.millrace.wire.WireFormatException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server's view of one model: a thread reads {@code parameters.<model>} and shows one whole
 * version after the other. A view that is opened again shows the version that it had stored before
 * it has reached Kafka, and goes on from the offset stored with it.
 *
 * <p>States of the thread: connecting (retried for ever) → catching up to the end that the log had
 * on connecting, showing nothing new → live. From live, a gap leads back to catching up from the
 * log's beginning; any Kafka error to connecting. The version shown stays until a newer whole one
 * replaces it.
 */
public final class ParameterView implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ParameterView.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration KEEP_EVERY = Duration.ofMillis(500);
  private static final int KEPT = 20;
  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(10);

  private final ParameterViewConfig config;
  private final Supplier<SchemaRegistry> registries;
  private final Clock clock;
  private final TopicPartition partition;
  private final StoredModel stored;
  private final VersionAssembler assembler = new VersionAssembler();
  private final Freshness freshness = new Freshness();
  private final List<Consumer<ModelSnapshot>> listeners = new CopyOnWriteArrayList<>();
  private final AtomicLong versionsApplied = new AtomicLong();
  private final AtomicLong rebuilds = new AtomicLong();
  private final @Nullable StaleVersion stale;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;

  private volatile @Nullable ModelSnapshot current;
  private volatile @Nullable String held;
  private volatile boolean caughtUp;

  // Confined to the view's thread.
  private @Nullable AvroWire wire;
  private int rowSchemaId = -1;
  private @Nullable VersionManifest baseline;
  private @Nullable ModelSnapshot newest; // what was applied last, shown or held back
  private final UnsoundValues unsound;
  private final Deque<ModelSnapshot> earlier = new ArrayDeque<>(); // shown before, oldest first
  private long lastKeptNanos = System.nanoTime() - KEEP_EVERY.toNanos();
  private long nextOffset;
  private String topicId = "";
  private long catchUpEnd;
  private long catchUpStartNanos;
  private long lastStoreNanos = System.nanoTime();
  private long lastLookNanos;

  /**
   * Loads what the directory holds, shows it, and starts to follow the topic.
   *
   * @param registries called by the view's thread; it may block until Kafka can be reached. The
   *     view does not close the registry.
   * @param clock wall clock, for freshness
   */
  public ParameterView(
      ParameterViewConfig config,
      Supplier<SchemaRegistry> registries,
      InitialTable initialTable,
      Clock clock) {
    this.config = config;
    this.registries = registries;
    this.clock = clock;
    this.partition = new TopicPartition(config.topic(), 0);
    ParameterViewConfig.Staleness staleness = config.staleness();
    this.stale = staleness == null ? null : new StaleVersion(staleness.after());
    this.unsound = new UnsoundValues(config.rowFormat());
    this.stored =
        new StoredModel(
            config.model(),
            config.directory(),
            manifest -> initialTable.of(manifest).in(config.rowFormat()),
            clock);
    try {
      stored.load().ifPresent(this::start);
    } catch (RuntimeException e) {
      stored.close();
      throw e;
    }
    this.thread = new Thread(this::run, "parameter-view-" + config.model());
    thread.setDaemon(true);
    thread.start();
  }

  private void start(StoredModel.Loaded loaded) {
    current = loaded.snapshot();
    newest = loaded.snapshot();
    baseline = loaded.snapshot().manifest();
    nextOffset = loaded.nextOffset();
    topicId = loaded.topicId();
    LOG.info(
        "model {}: starting with stored version {}", config.model(), current().get().version());
  }

  /** The version to answer with; empty until the first whole version has been seen. */
  public Optional<ModelSnapshot> current() {
    return Optional.ofNullable(current);
  }

  /**
   * Why versions later than the one shown are held back, in words; empty while none is. A version
   * in which a value is not a finite number, or that its learner has found faulty, is neither shown
   * nor stored, until a later one has put that right. Where the learner says which version was
   * sound, the newest one up to it is shown again that was shown in the last seconds.
   */
  public Optional<String> held() {
    return Optional.ofNullable(held);
  }

  /**
   * Why the version is stale, in words; empty while it is not, or nobody asked ({@link
   * ParameterViewConfig#staleness}).
   */
  public Optional<String> stale() {
    return stale == null ? Optional.empty() : stale.words();
  }

  /** Whether the view has reached the end that the log had when it connected. */
  public boolean caughtUp() {
    return caughtUp;
  }

  /** Calls {@code listener} on the view's thread with each version shown from now on. */
  public void onVersion(Consumer<ModelSnapshot> listener) {
    listeners.add(listener);
  }

  /** From click to visible version, while live. */
  public Freshness.Summary freshness() {
    return freshness.summary();
  }

  /** Versions shown since the start, without the stored one. */
  public long versionsApplied() {
    return versionsApplied.get();
  }

  /** How often the log was read again from its beginning. */
  public long rebuilds() {
    return rebuilds.get();
  }

  private void run() {
    Duration retry = FIRST_RETRY;
    try {
      while (closing.getCount() > 0) {
        long shown = versionsApplied.get();
        try {
          follow();
        } catch (WakeupException e) {
          continue; // closing
        } catch (OffsetOutOfRangeException e) {
          voidBaseline("offset " + nextOffset + " is out of the log's range");
        } catch (KafkaException | IllegalStateException e) {
          LOG.warn("model {}: {}; trying again", config.model(), e.toString());
        } catch (IllegalArgumentException e) {
          voidBaseline("a record is malformed: " + e.getMessage());
        }
        caughtUp = false;
        retry = versionsApplied.get() > shown ? FIRST_RETRY : retry.multipliedBy(2);
        retry = retry.compareTo(LONGEST_RETRY) > 0 ? LONGEST_RETRY : retry;
        if (closing.await(retry.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.error("model {}: the view has stopped; it keeps the version shown", config.model(), e);
    } finally {
      caughtUp = false;
      try {
        if (held == null) {
          stored.store(topicId);
        }
      } finally {
        stored.close();
      }
    }
  }

  private void voidBaseline(String why) {
    LOG.warn("model {}: {}: reading {} from its start", config.model(), why, partition.topic());
    rebuilds.incrementAndGet();
    baseline = null;
    nextOffset = 0;
  }

  /** Connects, catches up and follows, until the view is closed or something fails. */
  private void follow() {
    if (wire == null) {
      wire = new AvroWire(registries.get());
    }
    checkTopic();
    try (KafkaConsumer<byte[], byte[]> consumer = newConsumer()) {
      assign(consumer);
      beginCatchUp(consumer);
      while (closing.getCount() > 0) {
        Iterable<ConsumerRecord<byte[], byte[]>> records = consumer.poll(POLL);
        for (ConsumerRecord<byte[], byte[]> record : records) {
          if (!accept(record)) {
            beginCatchUp(consumer);
            break; // the rest is read again
          }
        }
        if (assembler.catchingUp() && consumer.position(partition) >= catchUpEnd) {
          endCatchUp(consumer);
        }
        storeWhenDue();
        lookForExamples(consumer);
      }
    }
  }

  /** What is only asked for its end is assigned too, since Kafka's client warns otherwise. */
  private void assign(KafkaConsumer<byte[], byte[]> consumer) {
    ParameterViewConfig.Staleness staleness = config.staleness();
    if (staleness == null) {
      consumer.assign(List.of(partition));
      return;
    }
    TopicPartition examples = new TopicPartition(staleness.examples(), 0);
    consumer.assign(List.of(partition, examples));
    consumer.pause(List.of(examples));
    consumer.seekToEnd(List.of(examples));
  }

  /** Asks now and then how far the examples go. */
  private void lookForExamples(KafkaConsumer<byte[], byte[]> consumer) {
    ParameterViewConfig.Staleness staleness = config.staleness();
    ModelSnapshot present = newest;
    long now = System.nanoTime();
    if (staleness == null
        || stale == null
        || present == null
        || now - lastLookNanos < LOOK.toNanos()) {
      return;
    }
    lastLookNanos = now;
    TopicPartition examples = new TopicPartition(staleness.examples(), 0);
    long end = Objects.requireNonNull(consumer.endOffsets(List.of(examples)).get(examples));
    stale.see(present.version(), end, now);
  }

  private KafkaConsumer<byte[], byte[]> newConsumer() {
    Map<String, Object> properties = new HashMap<>(config.client());
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "none");
    properties.put("fetch.min.bytes", "1");
    properties.put("max.poll.records", "20000");
    properties.put("default.api.timeout.ms", "5000");
    properties.put("request.timeout.ms", "5000");
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A topic that was deleted and made again has another id, and its offsets mean nothing here. */
  private void checkTopic() {
    Map<String, Object> properties = new HashMap<>(config.client());
    properties.put("default.api.timeout.ms", "5000");
    properties.put("request.timeout.ms", "5000");
    String id;
    try (Admin admin = Admin.create(properties)) {
      id =
          Objects.requireNonNull(
                  admin
                      .describeTopics(List.of(partition.topic()))
                      .allTopicNames()
                      .get()
                      .get(partition.topic()))
              .topicId()
              .toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new WakeupException();
    } catch (ExecutionException e) {
      throw new KafkaException("cannot describe topic " + partition.topic(), e.getCause());
    }
    if (baseline != null && !id.equals(topicId)) {
      voidBaseline("topic id " + topicId + " has become " + id);
    }
    topicId = id;
  }

  private void beginCatchUp(KafkaConsumer<byte[], byte[]> consumer) {
    caughtUp = false;
    long first =
        Objects.requireNonNull(consumer.beginningOffsets(List.of(partition)).get(partition));
    catchUpStartNanos = System.nanoTime();
    catchUpEnd = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
    if (baseline != null && (nextOffset < first || nextOffset > catchUpEnd)) {
      voidBaseline("offset %d, expected %d to %d".formatted(nextOffset, first, catchUpEnd));
    }
    assembler.catchUp(baseline);
    consumer.seek(partition, Math.max(first, nextOffset));
  }

  /**
   * Compaction spares records younger than its lag, so only a catch-up shorter than that lag has
   * surely seen every row of the version that it ends at.
   */
  private void endCatchUp(KafkaConsumer<byte[], byte[]> consumer) {
    if (System.nanoTime() - catchUpStartNanos > config.compactionLag().toNanos()) {
      catchUpStartNanos = System.nanoTime();
      catchUpEnd = Objects.requireNonNull(consumer.endOffsets(List.of(partition)).get(partition));
      if (consumer.position(partition) < catchUpEnd) {
        return;
      }
    }
    assembler.caughtUp().ifPresent(this::show);
    caughtUp = true;
  }

  /** Whether reading can go on; if not, there is a gap. */
  private boolean accept(ConsumerRecord<byte[], byte[]> record) {
    byte[] key = record.key();
    if (key == null || key.length == 0) {
      LOG.warn("model {}: offset {} has no key; skipped", config.model(), record.offset());
      return true;
    }
    try {
      switch (key[0]) {
        case ParameterKeys.ROW -> acceptRow(record);
        case ParameterKeys.TENSOR ->
            assembler.tensor(avro().decode(record.value(), TensorUpdate.class));
        case ParameterKeys.MANIFEST -> {
          return acceptManifest(
              avro().decode(record.value(), VersionManifest.class), record.offset() + 1);
        }
        default ->
            LOG.warn(
                "model {}: offset {} has a key of unknown kind {}; skipped",
                config.model(),
                record.offset(),
                key[0]);
      }
    } catch (WireFormatException e) {
      LOG.warn("model {}: offset {}: {}; skipped", config.model(), record.offset(), e.getMessage());
    }
    return true;
  }

  private void acceptRow(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value == null) {
      assembler.row(ParameterKeys.rowOf(record.key()), new byte[0]);
      return;
    }
    int id = AvroWire.schemaId(value);
    if (id != rowSchemaId) {
      // What the reader by hand expects is exactly the compiled schema.
      if (!avro().schemaOf(value).schema().equals(RowUpdate.getClassSchema())) {
        throw new IllegalStateException(
            "row updates have schema id "
                + id
                + ", expected that of "
                + RowUpdate.getClassSchema());
      }
      rowSchemaId = id;
    }
    assembler.row(ParameterKeys.rowOf(record.key()), value);
  }

  private boolean acceptManifest(VersionManifest manifest, long offsetAfter) {
    VersionAssembler.Verdict verdict = assembler.manifest(manifest, offsetAfter);
    if (verdict == VersionAssembler.Verdict.GAP) {
      VersionManifest before = baseline;
      voidBaseline(
          "version %d of incarnation %d at offset %d continues from %d, but %s is here"
              .formatted(
                  manifest.getVersion(),
                  manifest.getIncarnation(),
                  offsetAfter - 1,
                  manifest.getBaseVersion(),
                  before == null
                      ? "nothing"
                      : "all of version %d of incarnation %d"
                          .formatted(before.getVersion(), before.getIncarnation())));
      return false;
    }
    if (verdict == VersionAssembler.Verdict.COMPLETE && !assembler.catchingUp()) {
      VersionChange change = assembler.take();
      show(change);
      freshness.record(change.manifest().getClickTimes(), clock.millis());
    }
    return true;
  }

  private void show(VersionChange change) {
    VersionManifest before = baseline;
    VersionManifest after = change.manifest();
    if (before != null && before.getIncarnation() != after.getIncarnation()) {
      LOG.warn(
          "model {}: version {} of incarnation {} ({}) replaces version {} of incarnation {} ({}):"
              + " the learner's arithmetic has changed",
          config.model(),
          after.getVersion(),
          after.getIncarnation(),
          after.getArithmetic(),
          before.getVersion(),
          before.getIncarnation(),
          before.getArithmetic());
    }
    ModelSnapshot next = stored.apply(newest, change);
    baseline = change.manifest();
    nextOffset = change.nextOffset();
    newest = next;
    unsound.see(change, next.table().rowWidth());
    if (hold(next)) {
      return;
    }
    keepEarlier();
    show(next);
  }

  /** Keeps one of the versions of each second, for some seconds. */
  private void keepEarlier() {
    ModelSnapshot shown = current;
    long now = System.nanoTime();
    if (shown == null || now - lastKeptNanos < KEEP_EVERY.toNanos()) {
      return;
    }
    lastKeptNanos = now;
    earlier.addLast(shown);
    if (earlier.size() > KEPT) {
      earlier.removeFirst();
    }
  }

  /** Shows the newest kept version up to one, or the oldest where all are later. */
  private void goBackTo(long soundVersion) {
    ModelSnapshot shown = current;
    if (shown == null || shown.version() <= soundVersion || earlier.isEmpty()) {
      return;
    }
    ModelSnapshot sound = earlier.getFirst();
    for (ModelSnapshot kept : earlier) {
      sound = kept.version() <= soundVersion ? kept : sound;
    }
    earlier.clear();
    LOG.warn("model {}: answers by version {} again", config.model(), sound.version());
    show(sound);
  }

  private void show(ModelSnapshot next) {
    current = next;
    versionsApplied.incrementAndGet();
    for (Consumer<ModelSnapshot> listener : listeners) {
      try {
        listener.accept(next);
      } catch (RuntimeException e) {
        LOG.error("model {}: a listener failed at version {}", config.model(), next.version(), e);
      }
    }
  }

  /** Whether a version is held back. */
  private boolean hold(ModelSnapshot next) {
    String fault = unsound.words().orElse(next.manifest().getFault());
    if (fault == null) {
      if (held != null) {
        LOG.warn("model {}: version {} is sound again", config.model(), next.version());
      }
      held = null;
      return false;
    }
    String words = "version %d is held back: %s".formatted(next.version(), fault);
    if (held == null) {
      LOG.error("model {}: {}", config.model(), words);
      Long soundVersion = next.manifest().getSoundVersion();
      if (soundVersion != null && soundVersion >= 0) {
        goBackTo(soundVersion);
      }
    }
    held = words;
    return true;
  }

  private void storeWhenDue() {
    long now = System.nanoTime();
    if (held != null) {
      return; // what is stored is shown at the next start
    }
    if (now - lastStoreNanos >= config.storeInterval().toNanos()) {
      lastStoreNanos = now;
      try {
        stored.store(topicId);
      } catch (UncheckedIOException e) {
        // A full disk must not stop the model from following: what is not stored is kept for later.
        LOG.error("model {}: version not stored, only shown", config.model(), e);
      }
    }
  }

  private AvroWire avro() {
    return Objects.requireNonNull(wire);
  }

  /** Stops following, stores the version shown and frees native memory. */
  @Override
  public void close() {
    closing.countDown();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
