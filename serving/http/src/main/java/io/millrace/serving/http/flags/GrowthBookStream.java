package io.millrace.serving.http.flags;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.sse.ServerSentEvent;
import com.linecorp.armeria.common.stream.StreamMessage;
import com.linecorp.armeria.common.stream.StreamWriter;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.streaming.ServerSentEvents;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.ExperimentView;
import io.millrace.experiment.growthbook.GrowthBookFeatures;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The experiments as GrowthBook's SDKs load them, and each change of them as a server-sent event
 * {@code features}. Safe for use by many threads.
 */
public final class GrowthBookStream implements AutoCloseable {
  private static final int MAX_FOLLOWERS = 256;

  /** By which a server tells an SDK that it has events. */
  private static final String HAS_EVENTS = "x-sse-support";

  private final Set<StreamWriter<ServerSentEvent>> followers = ConcurrentHashMap.newKeySet();

  // Guarded by this.
  private long revision = -1;
  private String payload = "";
  private boolean closed;

  /** Follows a log. */
  public GrowthBookStream(ExperimentLog log) {
    log.follow(this::show);
    show(log.view());
  }

  private synchronized void show(ExperimentView view) {
    if (closed || view.revision() <= revision) {
      return; // the log's thread was faster
    }
    revision = view.revision();
    payload = GrowthBookFeatures.payload(view.experiments().values()).toString();
    followers.removeIf(follower -> !follower.tryWrite(event()));
  }

  private ServerSentEvent event() {
    return ServerSentEvent.builder().event("features").data(payload).build();
  }

  /** The payload as it is now. */
  public synchronized HttpResponse features() {
    return HttpResponse.of(
        ResponseHeaders.builder(HttpStatus.OK)
            .contentType(MediaType.JSON_UTF_8)
            .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
            .set(HAS_EVENTS, "enabled")
            .build(),
        HttpData.ofUtf8(payload));
  }

  /**
   * The payload as an event now and after each change, until the client goes; empty if too many
   * follow already.
   */
  public synchronized Optional<HttpResponse> changes(ServiceRequestContext ctx) {
    if (closed || followers.size() >= MAX_FOLLOWERS) {
      return Optional.empty();
    }
    ctx.clearRequestTimeout();
    StreamWriter<ServerSentEvent> follower = StreamMessage.streaming();
    followers.add(follower);
    var unused = follower.whenComplete().whenComplete((end, failure) -> followers.remove(follower));
    follower.write(event());
    return Optional.of(
        ServerSentEvents.fromPublisher(
            ResponseHeaders.builder(HttpStatus.OK)
                .contentType(MediaType.EVENT_STREAM)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
                // packed, an event would wait for the next one
                .set(HttpHeaderNames.CONTENT_ENCODING, "identity")
                .build(),
            follower));
  }

  /** Ends all events. */
  @Override
  public synchronized void close() {
    closed = true;
    followers.forEach(StreamWriter::close);
  }
}
