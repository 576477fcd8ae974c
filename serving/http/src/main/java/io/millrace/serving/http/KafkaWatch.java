package io.millrace.serving.http;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka every second whether it is there, on a daemon thread of its own. */
final class KafkaWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaWatch.class);
  private static final int ANSWER_MILLIS = 2000;
  private static final int EVERY_MILLIS = 1000;

  private final Map<String, Object> config;
  private final String name;
  private final Clock clock;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Thread thread;
  private volatile Part part;

  KafkaWatch(Map<String, Object> clientProperties, Clock clock) {
    this.config = new HashMap<>(clientProperties);
    config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
    config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS);
    this.name = "Kafka at " + clientProperties.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG);
    this.clock = clock;
    this.part = new Part(name, Part.State.STARTING, clock.instant(), "it has not answered yet");
    this.thread = new Thread(this::run, "millrace-kafka-watch");
    thread.setDaemon(true);
    thread.start();
  }

  /** How Kafka is; at most some seconds old. */
  Part part() {
    return part;
  }

  private void run() {
    while (closing.getCount() > 0) {
      try (Admin admin = Admin.create(config)) {
        follow(admin);
      } catch (KafkaException e) {
        LOG.warn("{} cannot be watched, trying again: {}", name, e.toString());
        become(Part.State.UNREACHABLE, clock.instant());
        pause();
      } catch (InterruptedException e) {
        LOG.debug("interrupted");
      }
    }
  }

  private void follow(Admin admin) throws InterruptedException {
    while (closing.getCount() > 0) {
      Instant asked = clock.instant();
      try {
        admin.describeCluster().clusterId().get(2 * ANSWER_MILLIS, TimeUnit.MILLISECONDS);
        become(Part.State.RUNNING, asked);
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("{}: {}", name, e.toString());
        become(Part.State.UNREACHABLE, asked);
      }
      pause();
    }
  }

  private void pause() {
    try {
      var unused = closing.await(EVERY_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      LOG.debug("interrupted");
    }
  }

  private void become(Part.State state, Instant since) {
    if (part.state() != state) {
      part = new Part(name, state, since, null);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    thread.interrupt();
    try {
      thread.join(2L * ANSWER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
