package io.millrace.registry;

import io.millrace.journal.Journal.Decision;
import io.millrace.registry.RegistryChange.AddVersion;
import io.millrace.schema.SchemaRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.Schema;

/**
 * What the platform's own processes ask of a registry. They register what they were compiled or
 * configured with, so neither compatibility nor modes are looked at; {@link RegistryService} is for
 * everyone else.
 */
abstract class LoggedSchemaRegistry implements SchemaRegistry {
  private final RegistryLog log;
  private final Map<Integer, Schema> parsed = new ConcurrentHashMap<>();

  LoggedSchemaRegistry(RegistryLog log) {
    this.log = log;
  }

  @Override
  public RegisteredSchema register(String subject, Schema schema) {
    SchemaContent content = new SchemaContent(schema.toString(), List.of());
    Optional<SchemaVersion> known = log.read(state -> state.find(subject, content, false));
    return registered(known.orElseGet(() -> log.change(state -> add(state, subject, content))));
  }

  private static Decision<RegistryChange, SchemaVersion> add(
      RegistryState state, String subject, SchemaContent content) {
    Optional<SchemaVersion> present = state.find(subject, content, false);
    if (present.isPresent()) {
      return Decision.nothingToChange(present.get());
    }
    int version = state.nextVersion(subject);
    int id = state.idFor(content);
    return Decision.of(
        new AddVersion(subject, version, id, content),
        new SchemaVersion(subject, version, id, content, false));
  }

  @Override
  public Optional<RegisteredSchema> byId(int id) {
    RegistryState.Entry entry = log.entry(id);
    if (entry == null) {
      log.catchUp();
      entry = log.entry(id);
    }
    return Optional.ofNullable(entry).map(e -> registered(e.first()));
  }

  @Override
  public Optional<RegisteredSchema> latest(String subject) {
    log.catchUp();
    List<SchemaVersion> live = log.read(state -> state.live(subject));
    return live.isEmpty() ? Optional.empty() : Optional.of(registered(live.get(live.size() - 1)));
  }

  @Override
  public List<String> subjects() {
    log.catchUp();
    return log.read(
        state -> state.subjects().stream().filter(s -> !state.live(s).isEmpty()).toList());
  }

  @Override
  public void close() {
    log.close();
  }

  private RegisteredSchema registered(SchemaVersion version) {
    Schema schema =
        parsed.computeIfAbsent(
            version.id(), id -> log.read(state -> SchemaText.parse(version.content(), state)));
    return new RegisteredSchema(version.id(), version.subject(), version.version(), schema);
  }
}
