package io.millrace.registry;

import io.millrace.registry.SchemaRegistry.RegisteredSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;

/**
 * What a registry knows: ids count from 1 over all subjects, versions from 1 within one. Only the
 * next id and the subject's next version are ever accepted, so equal logs give equal ledgers.
 *
 * <p>Schemas are compared by their JSON, so that properties and docs count. Not thread-safe.
 */
final class SchemaLedger {
  private final List<RegisteredSchema> byId = new ArrayList<>();
  private final TreeMap<String, List<RegisteredSchema>> bySubject = new TreeMap<>();
  private final Map<String, RegisteredSchema> bySubjectAndJson = new HashMap<>();

  /** The version of {@code subject} that equals {@code schema}. */
  Optional<RegisteredSchema> find(String subject, Schema schema) {
    return Optional.ofNullable(bySubjectAndJson.get(key(subject, schema)));
  }

  /** The entry that would register {@code schema} next. */
  RegisteredSchema next(String subject, Schema schema) {
    int version = bySubject.getOrDefault(subject, List.of()).size() + 1;
    return new RegisteredSchema(byId.size() + 1, subject, version, schema);
  }

  /** Accepts an entry if it is the next one, and says whether it did. */
  boolean accept(RegisteredSchema entry) {
    if (!entry.equals(next(entry.subject(), entry.schema()))
        || find(entry.subject(), entry.schema()).isPresent()) {
      return false;
    }
    byId.add(entry);
    bySubject.computeIfAbsent(entry.subject(), s -> new ArrayList<>()).add(entry);
    bySubjectAndJson.put(key(entry.subject(), entry.schema()), entry);
    return true;
  }

  Optional<RegisteredSchema> byId(int id) {
    return id >= 1 && id <= byId.size() ? Optional.of(byId.get(id - 1)) : Optional.empty();
  }

  Optional<RegisteredSchema> latest(String subject) {
    List<RegisteredSchema> versions = bySubject.getOrDefault(subject, List.of());
    return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
  }

  List<String> subjects() {
    return List.copyOf(bySubject.keySet());
  }

  private static String key(String subject, Schema schema) {
    return subject + '\n' + schema;
  }
}
