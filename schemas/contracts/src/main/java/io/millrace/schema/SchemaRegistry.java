package io.millrace.schema;

import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/**
 * Issues an id for each schema, once and for ever. Subjects follow the record-name strategy: the
 * subject is the schema's full name. Implementations are safe for use by many threads.
 */
public interface SchemaRegistry extends AutoCloseable {

  /** One version of a subject. Ids are global and start at 1, versions count from 1 per subject. */
  record RegisteredSchema(int id, String subject, int version, Schema schema) {}

  /**
   * Registers a schema, or finds it if the subject already holds an equal one (properties such as
   * {@code feature} count).
   *
   * @return the schema with its id and version
   */
  RegisteredSchema register(String subject, Schema schema);

  /**
   * @param id the id in a wire-format header
   * @return the schema, or empty if no schema has this id
   */
  Optional<RegisteredSchema> byId(int id);

  /** The newest version of a subject, or empty if there is none. */
  Optional<RegisteredSchema> latest(String subject);

  /** All subjects, sorted. */
  List<String> subjects();

  @Override
  void close();
}
