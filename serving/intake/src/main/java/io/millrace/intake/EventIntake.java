package io.millrace.intake;

import io.millrace.event.RejectedEvent;
import io.millrace.ranking.BusyException;
import io.millrace.ranking.EventLog;
import io.millrace.ranking.InvalidRequestException;
import io.millrace.ranking.RunningExperiments;
import io.millrace.ranking.ServedModels;
import io.millrace.ranking.UnknownModelException;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.Topics;
import io.millrace.wire.RejectionReason;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Takes the events of requests: good ones are written to the topics that producers write to, bad
 * ones to the topic of rejected events, and a request is answered once Kafka has acknowledged all
 * of them. Events may be sent again after any failure: an impression or an outcome that comes twice
 * counts once. Safe for use by many threads.
 */
public final class EventIntake {
  /**
   * What rejected events name as their topic; the partition is -1, the offset the event's index.
   */
  public static final String SOURCE = "/v1/events";

  /** The same of exposures. */
  public static final String EXPOSURES = "/v1/experiments/exposures";

  private static final int NO_PARTITION = -1;

  private final EventRecords records;
  private final Topics topics;
  private final EventLog log;
  private final Clock clock;
  private final LongAdder accepted = new LongAdder();
  private final Map<String, LongAdder> rejected = new ConcurrentHashMap<>();

  /**
   * What was taken since the start.
   *
   * @param accepted events
   * @param rejected events by reason, in snake case
   */
  public record Counts(long accepted, Map<String, Long> rejected) {}

  /**
   * @param models whose feature schemas impressions may have
   * @param experiments whose arms exposures may name
   * @param outcomes what the platform joins, by name
   * @param log where events go; closed by whoever made it
   */
  public EventIntake(
      ServedModels models,
      RunningExperiments experiments,
      Set<String> outcomes,
      SchemaRegistry registry,
      Topics topics,
      EventLog log,
      Clock clock) {
    this.records = new EventRecords(models, experiments, outcomes, registry, topics);
    this.topics = topics;
    this.log = log;
    this.clock = clock;
  }

  /** What was taken since the start. */
  public Counts counts() {
    Map<String, Long> byReason = new TreeMap<>();
    rejected.forEach((reason, count) -> byReason.put(reason, count.sum()));
    return new Counts(accepted.sum(), byReason);
  }

  /**
   * Writes the events of one request.
   *
   * @param source what rejected events name as their topic
   * @return completes with {@link BusyException} if Kafka has not acknowledged all of them in time
   * @throws io.millrace.ranking.RankingException if there is no room for them, or a model has no
   *     version; nothing is written then
   */
  public CompletionStage<EventsAnswer> take(List<SubmittedEvent> events, String source) {
    long now = clock.millis();
    List<EventLog.Event> toLog = new ArrayList<>(events.size());
    List<EventProblem> problems = new ArrayList<>();
    for (SubmittedEvent event : events) {
      EventProblem problem = event.problem();
      if (problem == null) {
        problem = record(event, now, toLog);
      }
      if (problem != null) {
        problems.add(problem);
        toLog.add(rejection(event, problem, source, now));
      }
    }
    return log.append(toLog)
        .thenApply(
            acknowledged -> {
              if (!acknowledged) {
                throw new BusyException(
                    "Kafka has not acknowledged the events in time; send them again: what comes"
                        + " twice counts once.");
              }
              return counted(events.size() - problems.size(), problems);
            });
  }

  /** Makes an event's records; returns why not, if it cannot be. */
  private @Nullable EventProblem record(
      SubmittedEvent event, long now, List<EventLog.Event> toLog) {
    GivenEvent given = Objects.requireNonNull(event.event());
    try {
      toLog.addAll(records.of(given, now));
      return null;
    } catch (RefusedEventException e) {
      return EventProblem.of(event.index(), e.reason(), e.problem());
    } catch (UnknownModelException e) {
      return EventProblem.of(
          event.index(),
          RejectionReason.MALFORMED_JSON,
          InvalidRequestException.whole(given.at(e.reason())));
    }
  }

  private EventLog.Event rejection(
      SubmittedEvent event, EventProblem problem, String source, long now) {
    RejectedEvent kept =
        RejectedEvent.newBuilder()
            .setReason(problem.reason())
            .setDetail(problem.message())
            .setTopic(source)
            .setPartition(NO_PARTITION)
            .setOffset(event.index())
            .setRejectedTime(Instant.ofEpochMilli(now))
            .setOriginalKey(null)
            .setOriginalValue(ByteBuffer.wrap(event.original().get()))
            .build();
    return new EventLog.Event(topics.rejected(), null, records.wire().encode(kept));
  }

  private EventsAnswer counted(int good, List<EventProblem> problems) {
    accepted.add(good);
    for (EventProblem problem : problems) {
      rejected.computeIfAbsent(problem.reason(), reason -> new LongAdder()).increment();
    }
    return new EventsAnswer(good, problems.size(), problems);
  }
}
