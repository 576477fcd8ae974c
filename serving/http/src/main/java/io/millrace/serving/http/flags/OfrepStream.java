package io.millrace.serving.http.flags;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.sse.ServerSentEvent;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.ExperimentView;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells providers of OFREP 0.3 that the experiments have changed, so that they ask again: events of
 * type {@code refetchEvaluation}, whose id is the revision. Safe for use by many threads.
 */
public final class OfrepStream implements AutoCloseable {
  private static final Pattern TAG = Pattern.compile("\"?(\\d{1,18})\"?");

  /** Without it, a client would wait for the answer's headers. */
  private static final ServerSentEvent NOTHING_NEW = ServerSentEvent.ofComment("nothing new");

  // Guarded by this.
  private final Followers followers = new Followers();
  private long revision = -1;

  /** Follows a log. */
  public OfrepStream(ExperimentLog log) {
    log.follow(this::show);
    show(log.view());
  }

  private synchronized void show(ExperimentView view) {
    if (view.revision() <= revision) {
      return; // the log's thread was faster
    }
    revision = view.revision();
    followers.send(event());
  }

  private ServerSentEvent event() {
    return ServerSentEvent.builder()
        .id(Long.toString(revision))
        .data("{\"type\":\"refetchEvaluation\",\"etag\":\"\\\"%d\\\"\"}".formatted(revision))
        .build();
  }

  /**
   * The revision of an event's {@code etag}, which providers send back when they ask again; empty
   * if it is none.
   */
  public static OptionalLong revision(String tag) {
    Matcher matcher = TAG.matcher(tag);
    return matcher.matches()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  /**
   * An event after each change, until the client goes; empty if too many follow already. Who has
   * not seen the newest change is sent it at once: it may have come while nobody listened.
   */
  public synchronized Optional<HttpResponse> changes(ServiceRequestContext ctx) {
    boolean seen = Long.toString(revision).equals(ctx.request().headers().get("last-event-id"));
    return followers.add(ctx, seen ? NOTHING_NEW : event());
  }

  /** Ends all events. */
  @Override
  public synchronized void close() {
    followers.close();
  }
}
