package io.millrace.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpMethod;
import io.millrace.access.Role;
import io.millrace.registry.RegistryError;
import io.millrace.registry.RegistryException;
import io.millrace.registry.RegistryMode;
import io.millrace.registry.RegistryService;
import io.millrace.registry.SchemaVersion;
import io.millrace.registry.SubjectConfig;
import io.millrace.schema.CompatibilityLevel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that the service answers, beside {@code /openapi.json}. */
final class Routes {
  static final String BY_ID = "/schemas/ids/{id}";

  private final RegistryService registry;
  private final String clusterId;

  /**
   * Routes to a registry.
   *
   * @param clusterId names the Kafka cluster in {@code /v1/metadata/id}
   */
  Routes(RegistryService registry, String clusterId) {
    this.registry = registry;
    this.clusterId = clusterId;
  }

  List<Route> all() {
    List<Route> routes = new ArrayList<>();
    schemas(routes);
    subjects(routes);
    compatibility(routes);
    settings(routes);
    about(routes);
    routes.addAll(new ApicurioRoutes(registry).all());
    return routes;
  }

  private void schemas(List<Route> routes) {
    routes.add(Route.get("/schemas/types", request -> List.of("AVRO")));
    routes.add(
        Route.get(
            "/schemas",
            request ->
                versions(
                    request.page(
                        registry.schemas(
                            request.subjectPrefix(),
                            request.filter(),
                            request.flag("latestOnly"))))));
    routes.add(
        Route.get(
            BY_ID,
            request ->
                Bodies.Schema.of(
                    registry.byId(request.id()),
                    request.flag("fetchMaxId") ? registry.maxId() : null)));
    routes.add(
        Route.get(BY_ID + "/schema", request -> new RawJson(registry.byId(request.id()).text())));
    routes.add(
        Route.get(
            BY_ID + "/subjects",
            request ->
                request.page(
                    registry.users(request.id(), request.filter()).stream()
                        .map(SchemaVersion::subject)
                        .distinct()
                        .filter(subject -> matches(request, subject))
                        .toList())));
    routes.add(
        Route.get(
            BY_ID + "/versions",
            request ->
                request.page(
                    registry.users(request.id(), request.filter()).stream()
                        .filter(user -> matches(request, user.subject()))
                        .map(user -> new Bodies.SubjectVersion(user.subject(), user.version()))
                        .toList())));
  }

  private static boolean matches(Request request, String subject) {
    String wanted = request.query("subject");
    return wanted == null || wanted.equals(subject);
  }

  private static List<Bodies.Version> versions(List<SchemaVersion> versions) {
    return versions.stream().map(Bodies.Version::of).toList();
  }

  private void subjects(List<Route> routes) {
    String subject = "/subjects/{subject}";
    String versions = subject + "/versions";
    String version = versions + "/{version}";
    routes.add(
        Route.get(
            "/subjects",
            request -> request.page(registry.subjects(request.subjectPrefix(), request.filter()))));
    routes.add(
        Route.ask(
            subject,
            request ->
                Bodies.Version.of(
                    registry.lookup(
                        request.subject(),
                        request.schema(),
                        request.flag("normalize"),
                        request.flag("deleted")))));
    routes.add(
        Route.change(
            HttpMethod.DELETE,
            subject,
            Role.ADMIN,
            request -> registry.deleteSubject(request.subject(), request.flag("permanent"))));
    routes.add(
        Route.get(
            versions,
            request ->
                request.page(
                    registry.versions(request.subject(), request.filter()).stream()
                        .map(SchemaVersion::version)
                        .toList())));
    routes.add(
        Route.change(
            HttpMethod.POST,
            versions,
            Role.WRITE,
            request ->
                new Bodies.Id(
                    registry
                        .register(request.subject(), request.schema(), request.flag("normalize"))
                        .id())));
    routes.add(Route.get(version, request -> Bodies.Version.of(version(request))));
    routes.add(
        Route.change(
            HttpMethod.DELETE,
            version,
            Role.ADMIN,
            request ->
                registry.deleteVersion(
                    request.subject(), request.version(), request.flag("permanent"))));
    routes.add(
        Route.get(version + "/schema", request -> new RawJson(version(request).content().text())));
    routes.add(
        Route.get(
            version + "/referencedby",
            request -> registry.referencedBy(request.subject(), request.version())));
  }

  private SchemaVersion version(Request request) {
    return registry.version(request.subject(), request.version(), request.flag("deleted"));
  }

  private void compatibility(List<Route> routes) {
    String versions = "/compatibility/subjects/{subject}/versions";
    routes.add(Route.ask(versions, request -> compatible(request, null)));
    routes.add(
        Route.ask(versions + "/{version}", request -> compatible(request, request.version())));
  }

  private Bodies.Compatible compatible(Request request, @Nullable Integer version) {
    List<String> reasons =
        registry.incompatibilities(
            request.subject(), version, request.schema(), request.flag("normalize"));
    return new Bodies.Compatible(reasons.isEmpty(), request.flag("verbose") ? reasons : null);
  }

  private void settings(List<Route> routes) {
    for (String path : List.of("/config", "/config/{subject}")) {
      boolean ofAll = path.equals("/config");
      routes.add(
          Route.get(
              path,
              request ->
                  config(
                      registry
                          .settings()
                          .config(subject(request, ofAll), request.flag("defaultToGlobal")))));
      routes.add(
          Route.change(
              HttpMethod.PUT,
              path,
              Role.ADMIN,
              request -> {
                SubjectConfig wanted = configIn(request.json());
                registry.settings().setConfig(subject(request, ofAll), wanted);
                return echo(wanted);
              }));
      routes.add(
          Route.change(
              HttpMethod.DELETE,
              path,
              Role.ADMIN,
              request -> config(registry.settings().deleteConfig(subject(request, ofAll)))));
    }
    for (String path : List.of("/mode", "/mode/{subject}")) {
      boolean ofAll = path.equals("/mode");
      routes.add(
          Route.get(
              path,
              request ->
                  mode(
                      registry
                          .settings()
                          .mode(subject(request, ofAll), request.flag("defaultToGlobal")))));
      routes.add(
          Route.change(
              HttpMethod.PUT,
              path,
              Role.ADMIN,
              request ->
                  mode(
                      registry
                          .settings()
                          .setMode(
                              subject(request, ofAll),
                              modeIn(request.json()),
                              request.flag("force")))));
    }
    routes.add(
        Route.change(
            HttpMethod.DELETE,
            "/mode/{subject}",
            Role.ADMIN,
            request -> mode(registry.settings().deleteMode(request.subject()))));
  }

  private static @Nullable String subject(Request request, boolean ofAll) {
    return ofAll ? null : request.subject();
  }

  private static SubjectConfig configIn(JsonNode json) {
    String level = Request.optionalText(json, "compatibility");
    JsonNode normalize = json.path("normalize");
    if (level == null && !normalize.isBoolean()) {
      throw invalidLevel();
    }
    return new SubjectConfig(
        level == null ? null : level(level), normalize.isBoolean() ? normalize.asBoolean() : null);
  }

  private static CompatibilityLevel level(String name) {
    try {
      return CompatibilityLevel.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw invalidLevel();
    }
  }

  private static RegistryException invalidLevel() {
    return new RegistryException(
        RegistryError.INVALID_LEVEL,
        "Invalid compatibility level. Valid values are none, backward, forward, full,"
            + " backward_transitive, forward_transitive, and full_transitive");
  }

  private static Map<String, Object> config(SubjectConfig config) {
    return settings("compatibilityLevel", config);
  }

  private static Map<String, Object> echo(SubjectConfig config) {
    return settings("compatibility", config);
  }

  private static Map<String, Object> settings(String levelName, SubjectConfig config) {
    Map<String, Object> settings = new LinkedHashMap<>();
    if (config.compatibility() != null) {
      settings.put(levelName, config.compatibility());
    }
    if (config.normalize() != null) {
      settings.put("normalize", config.normalize());
    }
    return settings;
  }

  private static RegistryMode modeIn(JsonNode json) {
    String name = Request.optionalText(json, "mode");
    try {
      if (name != null) {
        return RegistryMode.valueOf(name.toUpperCase(Locale.ROOT));
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new RegistryException(
        RegistryError.INVALID_MODE,
        "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, and IMPORT");
  }

  private static Map<String, RegistryMode> mode(RegistryMode mode) {
    return Map.of("mode", mode);
  }

  private void about(List<Route> routes) {
    routes.add(Route.open("/", request -> Map.of()));
    routes.add(Route.get("/contexts", request -> List.of(".")));
    routes.add(
        Route.get(
            "/v1/metadata/id",
            request ->
                Map.of(
                    "scope",
                    Map.of(
                        "path",
                        List.of(),
                        "clusters",
                        Map.of(
                            "kafka-cluster",
                            clusterId,
                            "schema-registry-cluster",
                            "schema-registry")))));
    routes.add(
        Route.get(
            "/v1/metadata/version",
            request -> Map.of("version", "millrace-0.1.0", "commitId", "")));
  }
}
