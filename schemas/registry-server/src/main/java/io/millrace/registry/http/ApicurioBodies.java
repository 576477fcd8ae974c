package io.millrace.registry.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.linecorp.armeria.common.HttpStatus;
import io.millrace.registry.RegistryError;
import io.millrace.registry.RegistryException;
import io.millrace.registry.SchemaReference;
import io.millrace.registry.SchemaVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON objects of Apicurio's APIs 2 and 3, as far as its serdes read them. What it calls global
 * and content id is one id here.
 */
final class ApicurioBodies {
  private static final String TYPE = "AVRO";
  private static final String STATE = "ENABLED";

  private ApicurioBodies() {}

  /** An artifact's version, API 2. */
  record Version2(
      @Nullable String groupId,
      String id,
      String version,
      int globalId,
      int contentId,
      String type,
      String state,
      List<Reference> references) {
    static Version2 of(SchemaVersion version) {
      Artifact artifact = Artifact.of(version.subject());
      return new Version2(
          artifact.groupOrNull(),
          artifact.id(),
          Integer.toString(version.version()),
          version.id(),
          version.id(),
          TYPE,
          STATE,
          Reference.allOf(version.content().references()));
    }
  }

  /** An artifact's version, API 3. */
  record Version3(
      String groupId,
      String artifactId,
      String version,
      int globalId,
      int contentId,
      String artifactType,
      String state) {
    static Version3 of(SchemaVersion version) {
      Artifact artifact = Artifact.of(version.subject());
      return new Version3(
          artifact.group(),
          artifact.id(),
          Integer.toString(version.version()),
          version.id(),
          version.id(),
          TYPE,
          STATE);
    }
  }

  /** An artifact by itself, API 3. */
  record Artifact3(String groupId, String artifactId, String artifactType) {}

  /** What became of a wish for an artifact, API 3. */
  record Created3(Artifact3 artifact, Version3 version) {
    static Created3 of(SchemaVersion version) {
      Version3 made = Version3.of(version);
      return new Created3(new Artifact3(made.groupId(), made.artifactId(), TYPE), made);
    }
  }

  /** Versions that were looked for, API 3. */
  record Found3(int count, List<Version3> versions) {
    static Found3 of(List<SchemaVersion> versions) {
      return new Found3(versions.size(), versions.stream().map(Version3::of).toList());
    }
  }

  /** A reference, both APIs. */
  record Reference(@Nullable String groupId, String artifactId, String version, String name) {
    static List<Reference> allOf(List<SchemaReference> references) {
      return references.stream()
          .map(
              reference -> {
                Artifact artifact = Artifact.of(reference.subject());
                return new Reference(
                    artifact.groupOrNull(),
                    artifact.id(),
                    Integer.toString(reference.version()),
                    reference.name());
              })
          .toList();
    }
  }

  /** A failure: clients of API 2 tell its kind by name, those of API 3 show title and detail. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Failed(
      @JsonProperty("error_code") int code,
      String message,
      @Nullable String name,
      int status,
      String title,
      String detail) {
    static Failed of(Failure failure, Throwable cause) {
      int status = failure.status().code();
      String message = failure.message();
      return new Failed(status, message, name(cause), status, message, message);
    }

    private static @Nullable String name(Throwable cause) {
      if (cause instanceof RegistryException e) {
        return nameOf(e.error());
      }
      if (cause instanceof RequestException e) {
        return e.status().equals(HttpStatus.CONFLICT)
            ? "ArtifactAlreadyExistsException"
            : "BadRequestException";
      }
      return null;
    }

    private static String nameOf(RegistryError error) {
      return switch (error) {
        case SUBJECT_NOT_FOUND, SCHEMA_NOT_FOUND -> "ArtifactNotFoundException";
        case VERSION_NOT_FOUND -> "VersionNotFoundException";
        case INCOMPATIBLE -> "RuleViolationException";
        case INVALID_SCHEMA -> "UnprocessableSchemaException";
        default -> "UnprocessableEntityException";
      };
    }
  }
}
