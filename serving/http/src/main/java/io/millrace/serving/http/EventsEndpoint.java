package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpStatus;
import io.millrace.intake.EventIntake;
import io.millrace.intake.EventProblem;
import io.millrace.intake.EventsAnswer;
import io.millrace.intake.GivenEvent;
import io.millrace.intake.SubmittedEvent;
import io.millrace.ranking.Candidates;
import io.millrace.ranking.Deadline;
import io.millrace.wire.RejectionReason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/events}: one event, or an array of them under {@code events}; {@code POST
 * /v1/experiments/exposures}: one exposure, or an array under {@code exposures}. The status is 200
 * if all were accepted, 207 if some were, 400 if none was. Safe for use by many threads.
 *
 * @param source what rejected events name as their topic
 * @param array key of several
 * @param reader reads one of them
 */
record EventsEndpoint(
    EventIntake intake, String source, String array, Function<RequestObject, GivenEvent> reader)
    implements BodyService.Endpoint<EventsAnswer> {
  /** No request has more events. */
  static final int MAX_EVENTS = Candidates.MAX;

  /** What an impression may say. */
  static final List<String> IMPRESSION_KEYS =
      List.of("type", "impressionId", "time", "model", "features");

  /** What an outcome may say. */
  static final List<String> OUTCOME_KEYS =
      List.of("type", "impressionId", "time", "value", "retracted");

  /** What an exposure may say. */
  static final List<String> EXPOSURE_KEYS =
      List.of("experiment", "unit", "arm", "attributes", "exposureId", "time", "outcomes");

  private static final String IMPRESSION = "impression";

  /** That of impressions and outcomes. */
  static EventsEndpoint events(EventIntake intake) {
    return new EventsEndpoint(intake, EventIntake.SOURCE, "events", EventsEndpoint::event);
  }

  /** That of exposures. */
  static EventsEndpoint exposures(EventIntake intake) {
    return new EventsEndpoint(intake, EventIntake.EXPOSURES, "exposures", EventsEndpoint::exposure);
  }

  @Override
  public CompletionStage<EventsAnswer> answer(byte[] json, Deadline deadline) {
    RequestObject body = RequestObject.parse(json);
    List<SubmittedEvent> events = new ArrayList<>();
    if (body.values().containsKey(array)) {
      body.allow(array);
      for (Object element : body.elements(array, MAX_EVENTS)) {
        int index = events.size();
        events.add(submitted(index, "%s[%d]".formatted(array, index), element));
      }
    } else {
      events.add(submitted(0, "", body.values()));
    }
    return intake.take(events, source);
  }

  @Override
  public HttpStatus status(EventsAnswer answer) {
    if (answer.rejected() == 0) {
      return HttpStatus.OK;
    }
    return answer.accepted() == 0 ? HttpStatus.BAD_REQUEST : HttpStatus.MULTI_STATUS;
  }

  private SubmittedEvent submitted(int index, String place, @Nullable Object element) {
    try {
      return new SubmittedEvent(
          index, () -> original(element), reader.apply(RequestObject.of(place, element)), null);
    } catch (RequestException e) {
      RequestException.ErrorBody.Detail problem = e.body().error();
      return new SubmittedEvent(
          index,
          () -> original(element),
          null,
          new EventProblem(
              index,
              RejectionReason.MALFORMED_JSON.code(),
              problem.field(),
              problem.expected(),
              problem.value(),
              problem.message()));
    }
  }

  private static byte[] original(@Nullable Object element) {
    return JsonAnswers.bytes(element);
  }

  private static GivenEvent exposure(RequestObject object) {
    object.allow(EXPOSURE_KEYS);
    return new GivenEvent.Exposed(
        object.path(),
        object.string("exposureId"),
        object.time("time"),
        required(object, "experiment", "an experiment's key"),
        required(object, "unit", "what the experiment assigns, a user for example"),
        object.string("arm"),
        object.object("attributes").values(),
        outcomes(object.object("outcomes")));
  }

  private static String required(RequestObject object, String key, String expected) {
    String value = object.string(key);
    if (value == null || value.isEmpty()) {
      throw RequestException.field(object.at(key), expected, value);
    }
    return value;
  }

  /** Of an outcome its value, or {@code true} where it has none. */
  private static Map<String, Optional<Double>> outcomes(RequestObject object) {
    Map<String, Optional<Double>> outcomes = new LinkedHashMap<>();
    for (Map.Entry<String, Object> outcome : object.values().entrySet()) {
      String name = outcome.getKey();
      if (Boolean.TRUE.equals(outcome.getValue())) {
        outcomes.put(name, Optional.empty());
      } else if (outcome.getValue() instanceof Number) {
        outcomes.put(name, Optional.ofNullable(object.number(name)));
      } else {
        throw RequestException.field(
            object.at(name), "true, or what it is worth", outcome.getValue());
      }
    }
    return outcomes;
  }

  private static GivenEvent event(RequestObject object) {
    String type = object.string("type");
    if (type == null) {
      throw RequestException.field(
          object.at("type"), "impression, or the name of an outcome such as click", null);
    }
    String id = object.string("impressionId");
    Long time = object.time("time");
    if (type.equals(IMPRESSION)) {
      object.allow(IMPRESSION_KEYS);
      return new GivenEvent.Shown(
          object.path(), id, time, object.string("model"), object.object("features").asFeatures());
    }
    object.allow(OUTCOME_KEYS);
    return new GivenEvent.Happened(
        object.path(), id, time, type, object.number("value"), object.bool("retracted", false));
  }
}
