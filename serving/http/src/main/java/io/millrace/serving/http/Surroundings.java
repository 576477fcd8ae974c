package io.millrace.serving.http;

import io.millrace.ranking.ServedModels;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of the parts that a server depends on, and what the server lacks. {@link #ask} is
 * called by one thread once a second; everything else answers at once, from what that found.
 */
final class Surroundings {
  private static final Logger LOG = LoggerFactory.getLogger(Surroundings.class);
  private static final String ACCOUNT = "The platform's account of its parts";
  private static final long SILENT_MILLIS = 10_000;

  private final ServedModels models;
  private final PlatformParts platform;
  private final KafkaWatch kafka;
  private final Clock clock;
  private volatile List<Part> told = List.of();
  private volatile long askedMillis;

  Surroundings(ServedModels models, PlatformParts platform, KafkaWatch kafka, Clock clock) {
    this.models = models;
    this.platform = platform;
    this.kafka = kafka;
    this.clock = clock;
    this.askedMillis = clock.millis();
  }

  /** Asks the platform for its parts. */
  void ask() {
    try {
      told = List.copyOf(platform.parts());
    } catch (RuntimeException e) {
      if (told.stream().noneMatch(part -> part.name().equals(ACCOUNT))) {
        LOG.warn("the platform does not tell of its parts", e);
        told = List.of(new Part(ACCOUNT, Part.State.FAILED, clock.instant(), e.toString()));
      }
    }
    askedMillis = clock.millis();
  }

  /** All parts: Kafka, then those of the platform. */
  List<Part> parts() {
    List<Part> parts = new ArrayList<>();
    parts.add(kafka.part());
    parts.addAll(told);
    long now = clock.millis();
    if (now - askedMillis > SILENT_MILLIS) {
      parts.add(new Part(ACCOUNT, Part.State.UNREACHABLE, Instant.ofEpochMilli(askedMillis), null));
    }
    return parts;
  }

  /** Why the server is not ready, in sentences; empty if it is. */
  List<String> problems() {
    long now = clock.millis();
    List<String> problems = new ArrayList<>(models.notReady());
    parts().stream()
        .filter(part -> part.vital() && part.lacking(now))
        .map(Part::sentence)
        .forEach(problems::add);
    return problems;
  }
}
