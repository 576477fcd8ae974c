package io.millrace.registry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schema as a client sends it.
 *
 * @param text JSON of an Avro schema
 * @param version the version it shall have, in mode IMPORT; null for the next one
 * @param id the id it shall have, in mode IMPORT; null for the next one
 */
public record SchemaRequest(
    String text,
    List<SchemaReference> references,
    @Nullable Integer version,
    @Nullable Integer id) {

  public SchemaRequest {
    references = List.copyOf(references);
  }

  public SchemaRequest(String text) {
    this(text, List.of(), null, null);
  }
}
