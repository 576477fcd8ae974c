package io.millrace.schema;

import java.util.List;
import org.apache.avro.Schema;

/**
 * What a registry asks of schemas beyond Avro. Rules are pure: the same arguments, the same answer,
 * on every instance. Implementations are safe for use by many threads.
 */
public interface SchemaRules {

  /** Asks nothing. */
  SchemaRules NONE =
      new SchemaRules() {
        @Override
        public void validate(String subject, Schema schema) {}

        @Override
        public List<String> incompatibilities(
            String subject, Schema newer, List<Schema> older, CompatibilityLevel level) {
          return List.of();
        }
      };

  /**
   * Looks at a schema by itself, before it is registered or compared.
   *
   * @throws InvalidSchemaException if it must not be registered; becomes a 422 with code 42201
   */
  void validate(String subject, Schema schema) throws InvalidSchemaException;

  /**
   * Why a schema must not follow others, beyond what Avro says. Called for every level, also for
   * {@link CompatibilityLevel#NONE}.
   *
   * @param older the subject's versions that are not deleted, the newest last: all of them if the
   *     level is transitive, else the latest alone; empty for a new subject
   * @return a sentence for each reason, empty if there is none
   */
  List<String> incompatibilities(
      String subject, Schema newer, List<Schema> older, CompatibilityLevel level);

  /**
   * Whether a schema is held to the newest versions that other subjects have under its full name:
   * producers may register the same record under several.
   */
  default boolean holdAcrossSubjects(Schema newer) {
    return false;
  }
}
