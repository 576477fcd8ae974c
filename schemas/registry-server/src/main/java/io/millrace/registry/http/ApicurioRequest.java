package io.millrace.registry.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import io.millrace.registry.RegistryError;
import io.millrace.registry.RegistryException;
import io.millrace.registry.SchemaReference;
import io.millrace.registry.SchemaRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An artifact as Apicurio's clients wish for it. */
record ApicurioRequest(String artifactId, SchemaRequest schema) {

  /** API 2: id, type and version in headers. */
  static ApicurioRequest ofVersion2(Request request) {
    checkType(request.header("X-Registry-ArtifactType"));
    return of(
        request.header("X-Registry-ArtifactId"),
        content(request),
        request.header("X-Registry-Version"));
  }

  /** API 2: the schema is the body, or one field of it beside its references. */
  static SchemaRequest content(Request request) {
    MediaType type = request.contentType();
    return type != null && type.subtype().endsWith("extended+json")
        ? schema(request.json())
        : new SchemaRequest(nonEmpty(request.text()));
  }

  /** API 3: one JSON object. */
  static ApicurioRequest ofVersion3(Request request) {
    JsonNode json = request.json();
    checkType(Request.optionalText(json, "artifactType"));
    JsonNode first = json.path("firstVersion");
    return of(
        Request.optionalText(json, "artifactId"),
        schema(first.path("content")),
        Request.optionalText(first, "version"));
  }

  private static ApicurioRequest of(
      @Nullable String artifactId, SchemaRequest schema, @Nullable String version) {
    if (artifactId == null || artifactId.isEmpty()) {
      throw new RequestException(HttpStatus.BAD_REQUEST, "artifactId: none, expected one");
    }
    return new ApicurioRequest(
        artifactId,
        version == null
            ? schema
            : new SchemaRequest(
                schema.text(), schema.references(), Request.versionOf(version), null));
  }

  private static SchemaRequest schema(JsonNode json) {
    List<SchemaReference> references = new ArrayList<>();
    for (JsonNode each : json.path("references")) {
      String group = Request.optionalText(each, "groupId");
      String artifact = Request.optionalText(each, "artifactId");
      String version = Request.optionalText(each, "version");
      String name = Request.optionalText(each, "name");
      if (artifact == null || version == null || name == null) {
        throw Request.invalid("references: expected artifactId, version and name in each");
      }
      references.add(
          new SchemaReference(
              name,
              new Artifact(group == null ? "default" : group, artifact).subject(),
              Request.versionOf(version)));
    }
    return new SchemaRequest(
        nonEmpty(Request.optionalText(json, "content")), references, null, null);
  }

  private static String nonEmpty(@Nullable String text) {
    if (text == null || text.isBlank()) {
      throw new RegistryException(RegistryError.INVALID_SCHEMA, "Empty schema");
    }
    return text;
  }

  private static void checkType(@Nullable String type) {
    if (type != null && !type.equals("AVRO")) {
      throw Request.invalid(
          "artifactType: '%s', but this registry holds AVRO alone"
              .formatted(Request.abbreviated(type)));
    }
  }
}
