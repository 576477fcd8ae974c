package io.millrace.serving.http.flags;

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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Clients that are sent events until they go. Called by one thread at a time. */
final class Followers {
  private static final int MOST = 256;

  private final Set<StreamWriter<ServerSentEvent>> followers = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /**
   * Takes on a client.
   *
   * @param first what it is sent at once
   * @return empty if too many follow already
   */
  Optional<HttpResponse> add(ServiceRequestContext ctx, ServerSentEvent first) {
    if (closed || followers.size() >= MOST) {
      return Optional.empty();
    }
    ctx.clearRequestTimeout();
    StreamWriter<ServerSentEvent> follower = StreamMessage.streaming();
    followers.add(follower);
    var unused = follower.whenComplete().whenComplete((end, failure) -> followers.remove(follower));
    follower.write(first);
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

  void send(ServerSentEvent event) {
    followers.removeIf(follower -> !follower.tryWrite(event));
  }

  /** Ends all answers; nobody is taken on after it. */
  void close() {
    closed = true;
    followers.forEach(StreamWriter::close);
  }
}
