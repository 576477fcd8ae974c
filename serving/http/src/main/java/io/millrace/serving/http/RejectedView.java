package io.millrace.serving.http;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.event.RejectedEvent;
import io.millrace.schema.SchemaRegistry;
import io.millrace.topic.TopicFollower;
import io.millrace.wire.AvroWire;
import io.millrace.wire.EventText;
import io.millrace.wire.RejectionReason;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** What {@code GET /v1/rejected} answers: the topic of rejected events, followed. */
final class RejectedView implements AutoCloseable {
  /** What may be asked for. */
  static final String[] PARAMETERS = {"limit", "reason", "text"};

  private static final int DEFAULT_LIMIT = 20;
  private static final int MOST = 1_000;

  private final RejectedLog log = new RejectedLog();
  private final TopicFollower<RejectedEvent> follower;

  private static final class Listener implements TopicFollower.Listener<RejectedEvent> {
    private final RejectedLog log;
    private final AvroWire wire;

    Listener(RejectedLog log, SchemaRegistry registry) {
      this.log = log;
      this.wire = new AvroWire(registry);
    }

    @Override
    public void begun() {
      log.clear();
    }

    @Override
    public void read(ConsumerRecord<byte[], byte[]> record, RejectedEvent event) {
      log.add(
          new RejectedLog.Event(
              event.getRejectedTime().toEpochMilli(),
              event.getReason(),
              cut(event.getDetail()),
              event.getTopic(),
              event.getPartition(),
              event.getOffset(),
              EventText.of(event.getOriginalValue(), wire, RejectedLog.MOST_CHARACTERS)));
    }

    private static String cut(String detail) {
      return detail.length() <= RejectedLog.MOST_CHARACTERS
          ? detail
          : detail.substring(0, RejectedLog.MOST_CHARACTERS) + "...";
    }

    @Override
    public void looked(boolean caughtUp) {
      log.complete(caughtUp);
    }
  }

  RejectedView(Map<String, Object> client, String topic, SchemaRegistry registry) {
    this.follower =
        new TopicFollower<>(
            client, topic, RejectedEvent.class, () -> registry, new Listener(log, registry));
  }

  /**
   * The answer to a request with {@code reason}, {@code text} and {@code limit}.
   *
   * @throws RequestException naming a parameter whose value is none
   */
  RejectedLog.Answer answer(ServiceRequestContext ctx) {
    Optional<String> reason = Optional.ofNullable(ctx.queryParam("reason"));
    Optional<String> text = Optional.ofNullable(ctx.queryParam("text"));
    RejectedLog.Answer answer = log.answer(reason, text, limit(ctx.queryParam("limit")));
    boolean unknown =
        reason.isPresent()
            && answer.reasons().stream().noneMatch(r -> r.reason().equals(reason.get()))
            && codes().stream().noneMatch(reason.get()::equals);
    if (unknown) {
      throw RequestException.field("reason", "one of " + codes(), reason.get());
    }
    return answer;
  }

  private static List<String> codes() {
    return Arrays.stream(RejectionReason.values()).map(RejectionReason::code).toList();
  }

  private static int limit(@Nullable String given) {
    if (given == null) {
      return DEFAULT_LIMIT;
    }
    try {
      int limit = Integer.parseInt(given);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw RequestException.field("limit", "a number from 1 to " + MOST, given);
  }

  @Override
  public void close() {
    follower.close();
  }
}
