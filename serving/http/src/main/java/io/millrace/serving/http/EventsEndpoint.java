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
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/events}: one event, or an array of them under {@code events}. The status is 200
 * if all were accepted, 207 if some were, 400 if none was. Safe for use by many threads.
 */
record EventsEndpoint(EventIntake intake) implements BodyService.Endpoint<EventsAnswer> {
  /** No request has more events. */
  static final int MAX_EVENTS = Candidates.MAX;

  /** What an impression may say. */
  static final List<String> IMPRESSION_KEYS =
      List.of("type", "impressionId", "time", "model", "features");

  /** What an outcome may say. */
  static final List<String> OUTCOME_KEYS =
      List.of("type", "impressionId", "time", "value", "retracted");

  private static final String EVENTS = "events";
  private static final String IMPRESSION = "impression";

  @Override
  public CompletionStage<EventsAnswer> answer(byte[] json, Deadline deadline) {
    RequestObject body = RequestObject.parse(json);
    List<SubmittedEvent> events = new ArrayList<>();
    if (body.values().containsKey(EVENTS)) {
      body.allow(EVENTS);
      for (Object element : body.elements(EVENTS, MAX_EVENTS)) {
        int index = events.size();
        events.add(submitted(index, "%s[%d]".formatted(EVENTS, index), element));
      }
    } else {
      events.add(submitted(0, "", body.values()));
    }
    return intake.take(events);
  }

  @Override
  public HttpStatus status(EventsAnswer answer) {
    if (answer.rejected() == 0) {
      return HttpStatus.OK;
    }
    return answer.accepted() == 0 ? HttpStatus.BAD_REQUEST : HttpStatus.MULTI_STATUS;
  }

  private static SubmittedEvent submitted(int index, String place, @Nullable Object element) {
    try {
      return new SubmittedEvent(
          index, () -> original(element), event(RequestObject.of(place, element)), null);
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
