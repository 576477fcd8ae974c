package io.millrace.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.millrace.registry.RegistryError;
import io.millrace.registry.RegistryException;
import io.millrace.registry.RegistryService;
import io.millrace.registry.SchemaReference;
import io.millrace.registry.SchemaRequest;
import io.millrace.registry.VersionFilter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A request's parts, with the types that the API gives them. */
final class Request {
  /** Stands for all subjects in a {@code subjectPrefix}. */
  private static final String ALL_CONTEXTS = ":*:";

  private final ServiceRequestContext context;
  private final byte[] body;

  Request(ServiceRequestContext context, byte[] body) {
    this.context = context;
    this.body = body;
  }

  /** A part of the path, without its percent signs. */
  String part(String name) {
    return Objects.requireNonNull(context.pathParam(name));
  }

  String subject() {
    return part("subject");
  }

  @Nullable String header(String name) {
    return context.request().headers().get(name);
  }

  @Nullable MediaType contentType() {
    return context.request().contentType();
  }

  /** The body. */
  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The id in the path; what is no number is no path of ours. */
  int id() {
    try {
      return Integer.parseInt(part("id"));
    } catch (NumberFormatException e) {
      throw new RequestException(HttpStatus.NOT_FOUND, "HTTP 404 Not Found");
    }
  }

  int version() {
    return versionOf(part("version"));
  }

  /** A version by number or by a name for the newest one, Confluent's or Apicurio's. */
  static int versionOf(String version) {
    if (version.equals("latest") || version.equals("branch=latest")) {
      return RegistryService.LATEST;
    }
    try {
      return Integer.parseInt(version);
    } catch (NumberFormatException e) {
      throw new RegistryException(
          RegistryError.INVALID_VERSION,
          ("The specified version '%s' is not a valid version id. Allowed values are between"
                  + " [1, 2^31-1] and the string \"latest\"")
              .formatted(abbreviated(version)));
    }
  }

  boolean flag(String name) {
    return Boolean.parseBoolean(context.queryParam(name));
  }

  @Nullable String query(String name) {
    return context.queryParam(name);
  }

  private int number(String name, int otherwise) {
    String value = context.queryParam(name);
    try {
      return value == null || value.isEmpty() ? otherwise : Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new RequestException(
          HttpStatus.BAD_REQUEST, "%s: '%s', expected an integer".formatted(name, value));
    }
  }

  VersionFilter filter() {
    return flag("deletedOnly")
        ? VersionFilter.DELETED
        : flag("deleted") ? VersionFilter.ALL : VersionFilter.LIVE;
  }

  String subjectPrefix() {
    String prefix = Objects.requireNonNullElse(context.queryParam("subjectPrefix"), "");
    return prefix.startsWith(ALL_CONTEXTS) ? prefix.substring(ALL_CONTEXTS.length()) : prefix;
  }

  /** The part of a list that {@code offset} and {@code limit} ask for. */
  <T> List<T> page(List<T> all) {
    int from = Math.min(Math.max(0, number("offset", 0)), all.size());
    int limit = number("limit", -1);
    return all.subList(from, limit < 0 ? all.size() : from + Math.min(limit, all.size() - from));
  }

  JsonNode json() {
    return Json.readObject(body);
  }

  /**
   * The body as a schema.
   *
   * @throws RegistryException 422 if it is none, or of a type that this registry does not hold
   */
  SchemaRequest schema() {
    JsonNode json = json();
    String type = optionalText(json, "schemaType");
    if (type != null && !type.isEmpty() && !type.equals("AVRO")) {
      throw invalid(
          "schemaType: '%s', but this registry holds AVRO alone".formatted(abbreviated(type)));
    }
    for (String unsupported : List.of("metadata", "ruleSet")) {
      if (json.hasNonNull(unsupported)) {
        throw invalid(unsupported + ": data contracts are not supported, expected none");
      }
    }
    String text = optionalText(json, "schema");
    if (text == null || text.isEmpty()) {
      throw invalid("Empty schema");
    }
    return new SchemaRequest(
        text,
        references(json.path("references")),
        optionalInt(json, "version"),
        optionalInt(json, "id"));
  }

  private static List<SchemaReference> references(JsonNode array) {
    if (array.isMissingNode() || array.isNull()) {
      return List.of();
    }
    if (!array.isArray()) {
      throw invalid("references: expected an array");
    }
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode each : array) {
      String name = optionalText(each, "name");
      String subject = optionalText(each, "subject");
      Integer version = optionalInt(each, "version");
      if (name == null || subject == null || version == null) {
        throw invalid("references: expected name, subject and version in each");
      }
      references.add(new SchemaReference(name, subject, version));
    }
    return references;
  }

  static @Nullable String optionalText(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw new RequestException(HttpStatus.BAD_REQUEST, name + ": expected a string");
    }
    return value.textValue();
  }

  private static @Nullable Integer optionalInt(JsonNode json, String name) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isInt()) {
      throw new RequestException(HttpStatus.BAD_REQUEST, name + ": expected an integer");
    }
    return value.intValue();
  }

  static RegistryException invalid(String message) {
    return new RegistryException(RegistryError.INVALID_SCHEMA, "Invalid schema: " + message);
  }

  static String abbreviated(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }
}
