package io.millrace.ranking;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events to Kafka. An event counts as logged when all in-sync replicas have it within {@code
 * wait}; one that is acknowledged later is in its topic too, once, although the answer said
 * otherwise, so a learner never misses it.
 *
 * <p>Handing over never blocks: events go into a bounded buffer, and one thread of this class gives
 * them to the producer, which may block while Kafka is away. While the oldest event has been
 * unacknowledged for longer than {@code wait}, further answers do not wait at all. Safe for use by
 * many threads.
 */
public final class EventLog implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);
  private static final long MAX_BLOCK_MILLIS = 1000;
  private static final long PAUSE_MILLIS = 20;
  private static final long MAX_REQUEST_TIMEOUT_MILLIS = 30_000;
  private static final long WARN_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int MAX_REQUEST_BYTES = 16 << 20;
  private static final long MAX_PRODUCER_BYTES = 32 << 20;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String what;
  private final Duration wait;
  private final ImpressionBuffer buffer;
  private final Thread sender;
  private final LongAdder logged = new LongAdder();
  private final LongAdder unacknowledged = new LongAdder();
  private final LongAdder dropped = new LongAdder();

  // Guarded by this.
  private final Deque<Batch> toSend = new ArrayDeque<>();
  private final Deque<Batch> outstanding = new ArrayDeque<>();
  private long waitingBytes;
  private int waitingEvents;
  private boolean closing;

  private volatile boolean ending;
  private volatile long closeBy;
  private long lastWarning;
  private boolean warned;

  /**
   * One event.
   *
   * @param key an impression's id, so that an impression and its outcomes share a partition; null
   *     where there is none
   * @param value in wire format
   */
  public record Event(String topic, @Nullable String key, byte[] value) {}

  /**
   * What has become of events since the start.
   *
   * @param logged acknowledged in time
   * @param unacknowledged their answer said that they were not logged; they may be in their topic
   * @param dropped of those, the ones that were given up: no room, or no Kafka for too long
   * @param waiting in the buffer now: not acknowledged yet
   * @param waitingBytes of those
   */
  public record Counts(
      long logged, long unacknowledged, long dropped, int waiting, long waitingBytes) {}

  /**
   * @param clientProperties Kafka client properties, at least {@code bootstrap.servers}
   * @param what is logged, for messages, for example {@code impressions}
   * @param wait how long an answer waits for its events to be acknowledged
   * @param buffer what is kept of events that are not acknowledged
   */
  public EventLog(
      Map<String, Object> clientProperties, String what, Duration wait, ImpressionBuffer buffer) {
    this.what = what;
    this.wait = wait;
    this.buffer = buffer;
    long keptMillis = buffer.keptFor().toMillis();
    Map<String, Object> config = new HashMap<>(clientProperties);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.RETRIES_CONFIG, Integer.MAX_VALUE);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    config.put(
        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
        (int) Math.min(MAX_REQUEST_TIMEOUT_MILLIS, keptMillis));
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) keptMillis);
    config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES);
    config.put(
        ProducerConfig.BUFFER_MEMORY_CONFIG,
        Math.max(2L * MAX_REQUEST_BYTES, Math.min(MAX_PRODUCER_BYTES, buffer.bytes())));
    config.putIfAbsent(ProducerConfig.CLIENT_ID_CONFIG, "millrace-server");
    this.producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    this.sender = new Thread(this::sendAll, "millrace-" + what);
    sender.setDaemon(true);
    sender.start();
  }

  /**
   * Requires room for another request's events, if requests are refused without.
   *
   * @throws BusyException if there is none
   */
  void checkRoom() {
    if (buffer.whenFull() == ImpressionBuffer.WhenFull.REFUSE) {
      boolean full;
      synchronized (this) {
        full = waitingEvents >= buffer.events() || waitingBytes >= buffer.bytes();
      }
      if (full) {
        throw refused();
      }
    }
  }

  /**
   * Hands events over; does not block.
   *
   * @return whether Kafka acknowledged all of them in time; never completes exceptionally
   * @throws BusyException if there is no room, and requests are refused then
   */
  public CompletableFuture<Boolean> append(List<Event> events) {
    Batch batch = new Batch(events, System.nanoTime());
    boolean room;
    boolean worthWaiting = false;
    synchronized (this) {
      room =
          !closing
              && events.size() <= buffer.events() - waitingEvents
              && batch.bytes <= buffer.bytes() - waitingBytes;
      if (room) {
        waitingEvents += events.size();
        waitingBytes += batch.bytes;
        Batch oldest = outstanding.peekFirst();
        worthWaiting = oldest == null || batch.since - oldest.since <= wait.toNanos();
        outstanding.addLast(batch);
        toSend.addLast(batch);
        notifyAll();
      }
    }
    if (!room) {
      dropped.add(events.size());
      unacknowledged.add(events.size());
      if (buffer.whenFull() == ImpressionBuffer.WhenFull.REFUSE) {
        throw refused();
      }
      return CompletableFuture.completedFuture(false);
    }
    if (!worthWaiting) {
      unacknowledged.add(events.size());
      return CompletableFuture.completedFuture(false);
    }
    return batch
        .acknowledged
        .completeOnTimeout(false, wait.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(
            all -> {
              (all ? logged : unacknowledged).add(events.size());
              return all;
            });
  }

  private BusyException refused() {
    return new BusyException(
        "No further %s can be logged: Kafka takes none at present.".formatted(what));
  }

  /** What has become of events. */
  public Counts counts() {
    synchronized (this) {
      return new Counts(
          logged.sum(), unacknowledged.sum(), dropped.sum(), waitingEvents, waitingBytes);
    }
  }

  /** The events of one request, from handing over to the last acknowledgement. */
  private final class Batch {
    final CompletableFuture<Boolean> acknowledged = new CompletableFuture<>();
    final long since;
    final long bytes;
    List<Event> events;

    // Guarded by the log.
    int pending;
    boolean failed;

    Batch(List<Event> events, long since) {
      this.events = events;
      this.since = since;
      this.pending = events.size();
      this.bytes = events.stream().mapToLong(event -> event.value().length).sum();
    }

    void settle(int eventBytes, @Nullable Throwable failure) {
      boolean done;
      synchronized (EventLog.this) {
        waitingEvents--;
        waitingBytes -= eventBytes;
        failed |= failure != null;
        done = --pending == 0;
        while (!outstanding.isEmpty() && outstanding.getFirst().pending == 0) {
          outstanding.removeFirst();
        }
      }
      if (failure != null) {
        dropped.increment();
        warn("given up", failure);
      }
      if (done) {
        acknowledged.complete(!failed);
      }
    }
  }

  /** Hears what became of one event; {@code refused} if the producer did not even take it. */
  private final class Receipt implements Callback {
    private final Batch batch;
    private final int bytes;
    @Nullable Exception refused;

    Receipt(Batch batch, int bytes) {
      this.batch = batch;
      this.bytes = bytes;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
      if (failure instanceof RetriableException && Thread.currentThread() == sender) {
        refused = failure;
      } else {
        batch.settle(bytes, failure);
      }
    }
  }

  private void sendAll() {
    try {
      while (true) {
        Batch batch;
        synchronized (this) {
          while (toSend.isEmpty()) {
            if (closing) {
              return;
            }
            wait();
          }
          batch = toSend.removeFirst();
        }
        List<Event> events = batch.events;
        batch.events = List.of();
        for (Event event : events) {
          send(batch, event);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("interrupted");
    }
  }

  /** Gives one event to the producer, waiting for Kafka if it must. */
  private void send(Batch batch, Event event) throws InterruptedException {
    byte @Nullable [] key =
        event.key() == null ? null : event.key().getBytes(StandardCharsets.UTF_8);
    while (true) {
      Receipt receipt = new Receipt(batch, event.value().length);
      try {
        producer.send(new ProducerRecord<>(event.topic(), key, event.value()), receipt);
      } catch (KafkaException | IllegalStateException e) {
        batch.settle(event.value().length, e);
        return;
      }
      Exception refused = receipt.refused;
      if (refused == null) {
        return;
      }
      long now = System.nanoTime();
      if (now - batch.since > buffer.keptFor().toNanos() || (ending && now - closeBy > 0)) {
        batch.settle(event.value().length, refused);
        return;
      }
      warn("waiting", refused);
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  private synchronized void warn(String happened, Throwable failure) {
    long now = System.nanoTime();
    if (!warned || now - lastWarning > WARN_EVERY_NANOS) {
      warned = true;
      lastWarning = now;
      LOG.warn(
          "{}: {} ({} are not acknowledged): {}",
          what,
          happened,
          waitingEvents,
          failure.toString());
    }
  }

  /** Waits a moment for what is under way; what Kafka has not taken by then is given up. */
  @Override
  public void close() {
    closeBy = System.nanoTime() + wait.toNanos();
    ending = true;
    synchronized (this) {
      closing = true;
      notifyAll();
    }
    try {
      sender.join(Math.max(1, wait.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(wait);
    Counts counts = counts();
    if (counts.waiting() > 0) {
      LOG.warn("closed with {} {} that Kafka did not take", counts.waiting(), what);
    }
  }
}
