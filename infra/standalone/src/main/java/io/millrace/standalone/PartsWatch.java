package io.millrace.standalone;

import io.millrace.serving.http.Part;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the parts of a platform once a second, says on the terminal when one fails or recovers,
 * and gives up on a vital one that stays so. {@link #parts} and {@link #gaveUp} may be called by
 * any thread.
 */
final class PartsWatch implements AutoCloseable {
  /** A part that has failed for good ends the platform after so long. */
  static final Duration FAILED_FOR = Duration.ofSeconds(20);

  /** A part that restarts again and again ends it after so long. */
  static final Duration RESTARTING_FOR = Duration.ofMinutes(5);

  private static final Duration REPEATED = Duration.ofMinutes(1);
  private static final Logger LOG = LoggerFactory.getLogger(PartsWatch.class);

  private final Function<Instant, List<Part>> look;
  private final PrintStream terminal;
  private final Clock clock;
  private final Map<String, Part.State> told = new HashMap<>();
  private final Map<String, Instant> toldAt = new HashMap<>();
  private final ScheduledExecutorService timer;
  private volatile List<Part> parts = List.of();
  private volatile Optional<String> gaveUp = Optional.empty();

  /**
   * @param look at all parts
   * @param terminal where people look
   */
  PartsWatch(Function<Instant, List<Part>> look, PrintStream terminal, Clock clock) {
    this.look = look;
    this.terminal = terminal;
    this.clock = clock;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "millrace-parts");
              thread.setDaemon(true);
              return thread;
            });
  }

  void start() {
    timer.scheduleWithFixedDelay(this::tick, 0, 1, TimeUnit.SECONDS);
  }

  private void tick() {
    try {
      see(look.apply(clock.instant()), clock.instant());
    } catch (RuntimeException e) {
      LOG.warn("cannot look at the parts", e);
    }
  }

  /** Takes one look. */
  void see(List<Part> seen, Instant now) {
    parts = List.copyOf(seen);
    for (Part part : seen) {
      tell(part, now);
      Duration lasts = Duration.between(part.since(), now);
      if (!part.vital()) {
        continue;
      }
      if (part.state() == Part.State.FAILED && lasts.compareTo(FAILED_FOR) >= 0) {
        gaveUp = Optional.of(words(part));
      } else if (part.state() == Part.State.RESTARTING && lasts.compareTo(RESTARTING_FOR) >= 0) {
        gaveUp = Optional.of(words(part));
      }
    }
  }

  private void tell(Part part, Instant now) {
    Part.State before = told.getOrDefault(part.name(), Part.State.STARTING);
    boolean well = part.state() == Part.State.RUNNING || part.state() == Part.State.STARTING;
    boolean wasWell = before == Part.State.RUNNING || before == Part.State.STARTING;
    Instant at = toldAt.get(part.name());
    boolean again =
        !well
            && part.state() == before
            && at != null
            && Duration.between(at, now).compareTo(REPEATED) >= 0;
    if (part.state() != before || again) {
      told.put(part.name(), part.state());
      if (!well || !wasWell) {
        toldAt.put(part.name(), now);
        terminal.println("millrace: " + words(part));
      }
    }
  }

  private static String words(Part part) {
    String what =
        switch (part.state()) {
          case RUNNING, STARTING -> " runs again";
          case RESTARTING -> " restarts since " + part.since();
          case FAILED -> " has failed";
          case UNREACHABLE -> " does not answer since " + part.since();
        };
    return part.name() + what + (part.reason() == null ? "" : ": " + part.reason());
  }

  /** The parts, as they were seen last. */
  List<Part> parts() {
    return parts;
  }

  /** Why the platform should end, or empty while it need not. */
  Optional<String> gaveUp() {
    return gaveUp;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
