package io.millrace.registry.http;

import com.linecorp.armeria.common.HttpMethod;
import io.millrace.access.Role;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One thing that clients may ask.
 *
 * @param path with parameters in braces
 * @param role that it takes, null if anyone may
 * @param dialect of the clients that ask it
 * @param changes whether it may change something, and so may have to wait for Kafka
 * @param answer what becomes the JSON of a 200; may block
 */
record Route(
    HttpMethod method,
    String path,
    @Nullable Role role,
    Dialect dialect,
    boolean changes,
    Function<Request, Object> answer) {

  static Route open(String path, Function<Request, Object> answer) {
    return new Route(HttpMethod.GET, path, null, Dialect.CONFLUENT, false, answer);
  }

  static Route get(String path, Function<Request, Object> answer) {
    return new Route(HttpMethod.GET, path, Role.READ, Dialect.CONFLUENT, false, answer);
  }

  /** A question that needs a body. */
  static Route ask(String path, Function<Request, Object> answer) {
    return new Route(HttpMethod.POST, path, Role.READ, Dialect.CONFLUENT, false, answer);
  }

  static Route change(HttpMethod method, String path, Role role, Function<Request, Object> answer) {
    return new Route(method, path, role, Dialect.CONFLUENT, true, answer);
  }

  Route in(Dialect other) {
    return new Route(method, path, role, other, changes, answer);
  }
}
