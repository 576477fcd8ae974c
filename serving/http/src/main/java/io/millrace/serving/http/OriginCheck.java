package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.millrace.wire.ShownValue;
import java.net.URI;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of other sites from using a server on their visitor's machine: a browser names a
 * page's origin, whatever the page would like. Programs name none and are let in.
 */
final class OriginCheck {
  private final Set<String> hosts = new HashSet<>();

  /**
   * @param host that the server listens on
   * @param allowed further hosts whose pages may ask
   */
  OriginCheck(String host, Set<String> allowed) {
    hosts.add(host.toLowerCase(Locale.ROOT));
    allowed.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
  }

  /**
   * Requires a request's origin, if it has one, to be this machine or an allowed host, and what a
   * page sends to be JSON, which a form cannot send.
   *
   * @throws RequestException with 403, or 415 for what is not JSON
   */
  void check(HttpRequest request) {
    String origin = request.headers().get(HttpHeaderNames.ORIGIN);
    if (origin != null && !allows(hostOf(origin))) {
      throw RequestException.of(
          HttpStatus.FORBIDDEN,
          "origin: %s, expected a page of this machine, of the server's host or of an allowed origin"
              .formatted(ShownValue.of(origin)));
    }
    if (origin != null && request.method() == HttpMethod.POST) {
      MediaType type = request.contentType();
      if (type == null || !type.isJson()) {
        throw RequestException.of(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "content-type: %s, expected application/json from a page"
                .formatted(type == null ? "none" : ShownValue.of(type.toString())));
      }
    }
  }

  private boolean allows(@Nullable String host) {
    return host != null && (isLoopback(host) || hosts.contains(host));
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.endsWith(".localhost")
        || host.equals("[::1]")
        || host.matches("127(\\.\\d{1,3}){3}");
  }

  private static @Nullable String hostOf(String origin) {
    try {
      String host = URI.create(origin).getHost();
      return host == null ? null : host.toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
