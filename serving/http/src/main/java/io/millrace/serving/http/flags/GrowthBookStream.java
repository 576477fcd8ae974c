package io.millrace.serving.http.flags;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.common.sse.ServerSentEvent;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.experiment.ExperimentLog;
import io.millrace.experiment.ExperimentView;
import io.millrace.experiment.growthbook.GrowthBookFeatures;
import java.util.Optional;

/**
 * The experiments as GrowthBook's SDKs load them, and each change of them as a server-sent event
 * {@code features}. Safe for use by many threads.
 */
public final class GrowthBookStream implements AutoCloseable {
  /** By which a server tells an SDK that it has events. */
  private static final String HAS_EVENTS = "x-sse-support";

  // Guarded by this.
  private final Followers followers = new Followers();
  private long revision = -1;
  private String payload = "";

  /** Follows a log. */
  public GrowthBookStream(ExperimentLog log) {
    log.follow(this::show);
    show(log.view());
  }

  private synchronized void show(ExperimentView view) {
    if (view.revision() <= revision) {
      return; // the log's thread was faster
    }
    revision = view.revision();
    payload = GrowthBookFeatures.payload(view.experiments().values()).toString();
    followers.send(event());
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
    return followers.add(ctx, event());
  }

  /** Ends all events. */
  @Override
  public synchronized void close() {
    followers.close();
  }
}
