package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.server.HttpService;
import io.millrace.access.Role;
import org.jspecify.annotations.Nullable;

/**
 * One path that a server answers, by the one method that it takes.
 *
 * @param role that its users need, or null where everybody may ask
 */
record Route(HttpMethod method, String path, @Nullable Role role, HttpService service) {

  /** As an {@code Allow} header has it: what is got may be asked for by HEAD too. */
  String allowed() {
    return method == HttpMethod.GET ? "GET, HEAD" : method.name();
  }
}
