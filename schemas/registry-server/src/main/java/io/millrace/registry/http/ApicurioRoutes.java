package io.millrace.registry.http;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import io.millrace.access.Role;
import io.millrace.registry.RegistryError;
import io.millrace.registry.RegistryException;
import io.millrace.registry.RegistryService;
import io.millrace.registry.SchemaContent;
import io.millrace.registry.SchemaRequest;
import io.millrace.registry.SchemaVersion;
import io.millrace.registry.VersionFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * What Apicurio's serdes ask of its own APIs 2 and 3, and no more of these: register, find by
 * content, by version and by id, and the references of each.
 */
final class ApicurioRoutes {
  private static final String VERSION_2 = "/apis/registry/v2";
  private static final String VERSION_3 = "/apis/registry/v3";
  private static final String ARTIFACTS = "/groups/{group}/artifacts";
  private static final String ARTIFACT = ARTIFACTS + "/{artifact}";
  private static final String VERSION = ARTIFACT + "/versions/{version}";
  private static final String REFERENCES = "/references";

  private final RegistryService registry;

  ApicurioRoutes(RegistryService registry) {
    this.registry = registry;
  }

  List<Route> all() {
    List<Route> routes = new ArrayList<>();
    version2(routes);
    version3(routes);
    byId(routes, VERSION_2);
    byId(routes, VERSION_3);
    return routes;
  }

  private void version2(List<Route> routes) {
    routes.add(
        register(
            VERSION_2 + ARTIFACTS,
            request ->
                ApicurioBodies.Version2.of(
                    register(request, ApicurioRequest.ofVersion2(request)))));
    routes.add(
        ask(
            VERSION_2 + ARTIFACT + "/meta",
            request -> {
              SchemaRequest schema = ApicurioRequest.content(request);
              return ApicurioBodies.Version2.of(find(subject(request), schema));
            }));
    routes.add(
        get(
            VERSION_2 + ARTIFACT + "/meta",
            request ->
                ApicurioBodies.Version2.of(
                    registry.version(subject(request), RegistryService.LATEST, false))));
    routes.add(
        get(
            VERSION_2 + VERSION + "/meta",
            request -> ApicurioBodies.Version2.of(version(request))));
    routes.add(get(VERSION_2 + VERSION, request -> text(version(request).content())));
    routes.add(
        get(VERSION_2 + VERSION + REFERENCES, request -> references(version(request).content())));
  }

  private void version3(List<Route> routes) {
    routes.add(
        register(
            VERSION_3 + ARTIFACTS,
            request ->
                ApicurioBodies.Created3.of(
                    register(request, ApicurioRequest.ofVersion3(request)))));
    routes.add(get(VERSION_3 + VERSION, request -> ApicurioBodies.Version3.of(version(request))));
    routes.add(get(VERSION_3 + VERSION + "/content", request -> text(version(request).content())));
    routes.add(
        get(VERSION_3 + VERSION + REFERENCES, request -> references(version(request).content())));
    routes.add(ask(VERSION_3 + "/search/versions", this::search));
  }

  private void byId(List<Route> routes, String api) {
    for (String path : List.of(api + "/ids/globalIds/{id}", api + "/ids/contentIds/{id}")) {
      routes.add(get(path, this::contentById));
      routes.add(get(path + REFERENCES, request -> references(registry.byId(request.id()))));
    }
  }

  private static Route get(String path, Function<Request, Object> answer) {
    return Route.get(path, answer).in(Dialect.APICURIO);
  }

  private static Route ask(String path, Function<Request, Object> answer) {
    return Route.ask(path, answer).in(Dialect.APICURIO);
  }

  private static Route register(String path, Function<Request, Object> answer) {
    return Route.change(HttpMethod.POST, path, Role.WRITE, answer).in(Dialect.APICURIO);
  }

  private static String subject(Request request) {
    return new Artifact(request.part("group"), request.part("artifact")).subject();
  }

  private SchemaVersion register(Request request, ApicurioRequest wanted) {
    String subject = new Artifact(request.part("group"), wanted.artifactId()).subject();
    String ifExists = Objects.requireNonNullElse(request.query("ifExists"), "FAIL");
    switch (ifExists) {
      case "FAIL" -> {
        if (exists(subject)) {
          throw new RequestException(
              HttpStatus.CONFLICT,
              "An artifact with ID '%s' in group '%s' already exists."
                  .formatted(wanted.artifactId(), request.part("group")));
        }
      }
      case "RETURN" -> {
        if (exists(subject)) {
          return registry.version(subject, RegistryService.LATEST, false);
        }
      }
      case "UPDATE", "RETURN_OR_UPDATE", "CREATE_VERSION", "FIND_OR_CREATE_VERSION" -> {
        // a schema that is there already is found in any case
      }
      default ->
          throw new RequestException(
              HttpStatus.BAD_REQUEST,
              ("ifExists: '%s', expected FAIL, RETURN, UPDATE, RETURN_OR_UPDATE, CREATE_VERSION or"
                      + " FIND_OR_CREATE_VERSION")
                  .formatted(Request.abbreviated(ifExists)));
    }
    return registry.register(subject, wanted.schema(), false);
  }

  private boolean exists(String subject) {
    return registry.subjects(subject, VersionFilter.LIVE).contains(subject);
  }

  private SchemaVersion version(Request request) {
    return registry.version(subject(request), request.version(), false);
  }

  /**
   * The version with a text. A serde that looks for a schema with references sends its text alone,
   * so equal texts are enough; else it is parsed, which overlooks blanks. A text that can't be is
   * not there.
   */
  private SchemaVersion find(String subject, SchemaRequest schema) {
    List<SchemaVersion> versions = registry.versions(subject, VersionFilter.LIVE);
    for (int i = versions.size() - 1; i >= 0; i--) {
      if (versions.get(i).content().text().equals(schema.text())) {
        return versions.get(i);
      }
    }
    try {
      return registry.lookup(subject, schema, false, false);
    } catch (RegistryException e) {
      throw e.error() == RegistryError.INVALID_SCHEMA
          ? new RegistryException(RegistryError.SCHEMA_NOT_FOUND, String.valueOf(e.getMessage()))
          : e;
    }
  }

  private Object search(Request request) {
    String artifact = request.query("artifactId");
    if (artifact == null) {
      throw new RequestException(
          HttpStatus.BAD_REQUEST, "artifactId: expected one, to look for its versions alone");
    }
    String group = Objects.requireNonNullElse(request.query("groupId"), "default");
    try {
      return ApicurioBodies.Found3.of(
          List.of(
              find(new Artifact(group, artifact).subject(), new SchemaRequest(request.text()))));
    } catch (RegistryException e) {
      if (e.error() == RegistryError.SUBJECT_NOT_FOUND
          || e.error() == RegistryError.SCHEMA_NOT_FOUND) {
        return ApicurioBodies.Found3.of(List.of());
      }
      throw e;
    }
  }

  private Object contentById(Request request) {
    boolean whole =
        request.flag("dereference") || "DEREFERENCE".equals(request.query("references"));
    return whole
        ? new RawJson(registry.wholeById(request.id()))
        : text(registry.byId(request.id()));
  }

  private static RawJson text(SchemaContent content) {
    return new RawJson(content.text());
  }

  private static List<ApicurioBodies.Reference> references(SchemaContent content) {
    return ApicurioBodies.Reference.allOf(content.references());
  }
}
