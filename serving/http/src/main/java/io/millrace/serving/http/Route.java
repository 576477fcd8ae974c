package io.millrace.serving.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.QueryParams;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.access.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One path that a server answers, by one of the methods that it takes.
 *
 * @param role that its users need, or null where everybody may ask
 * @param parameters that may stand in the query of the request, sorted
 */
record Route(
    HttpMethod method,
    String path,
    @Nullable Role role,
    List<String> parameters,
    HttpService service) {

  /** As an {@code Allow} header has it: what is got may be asked for by HEAD too. */
  String allowed() {
    return method == HttpMethod.GET ? "GET, HEAD" : method.name();
  }

  /** Whether it answers a path, whatever stands in the place of its parameter. */
  boolean isOf(String asked) {
    int parameter = path.indexOf('{');
    return parameter < 0
        ? path.equals(asked)
        : asked.startsWith(path.substring(0, parameter)) && asked.indexOf('/', parameter) < 0;
  }

  /**
   * Requires the query of a request to have parameters of this route alone, each of them once.
   *
   * @throws RequestException naming one that is not
   */
  void checkQuery(ServiceRequestContext ctx) {
    QueryParams given = ctx.queryParams();
    for (String name : given.names()) {
      if (!parameters.contains(name)) {
        throw RequestException.field(
            "query",
            parameters.isEmpty()
                ? "no parameters"
                : "no parameter but " + String.join(", ", parameters),
            name);
      }
      if (given.getAll(name).size() > 1) {
        throw RequestException.field(
            "query", name + " once", String.join(", ", given.getAll(name)));
      }
    }
  }
}
