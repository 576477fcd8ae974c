package io.millrace.serving.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Closes a connection that began a request and has not completed its headers in time, byte by byte
 * or not at all. One handler a connection, used on its event loop. HTTP/2 connections are left
 * alone from their first request on: frames between requests are not headers.
 */
final class HeaderTimeout extends ChannelInboundHandlerAdapter {
  private static final String NAME = "millrace-header-timeout";

  private final long millis;
  private @Nullable ScheduledFuture<?> timer;
  private int inFlight;
  private boolean multiplexed;

  private HeaderTimeout(long millis) {
    this.millis = millis;
  }

  /** Watches a new connection. */
  static void watch(io.netty.channel.ChannelPipeline pipeline, long millis) {
    pipeline.addFirst(NAME, new HeaderTimeout(millis));
  }

  /** A request's headers are in. */
  static void began(Channel channel, boolean isMultiplexed) {
    if (channel.pipeline().get(NAME) instanceof HeaderTimeout handler) {
      handler.multiplexed |= isMultiplexed;
      handler.inFlight++;
      handler.cancel();
    }
  }

  /** A request was received and answered. */
  static void ended(Channel channel) {
    channel
        .eventLoop()
        .execute(
            () -> {
              if (channel.pipeline().get(NAME) instanceof HeaderTimeout handler) {
                handler.inFlight--;
              }
            });
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (timer == null && inFlight == 0 && !multiplexed) {
      timer = ctx.executor().schedule((Runnable) ctx::close, millis, TimeUnit.MILLISECONDS);
    }
    ctx.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancel();
    ctx.fireChannelInactive();
  }

  private void cancel() {
    ScheduledFuture<?> running = timer;
    if (running != null) {
      timer = null;
      running.cancel(false);
    }
  }
}
