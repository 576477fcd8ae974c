package io.millrace.registry;

import static io.millrace.registry.RegistryError.INCOMPATIBLE;
import static io.millrace.registry.RegistryError.INVALID_SCHEMA;
import static io.millrace.registry.RegistryError.INVALID_VERSION;
import static io.millrace.registry.RegistryError.NOT_PERMITTED;
import static io.millrace.registry.RegistryError.REFERENCED;
import static io.millrace.registry.RegistryError.SCHEMA_NOT_FOUND;
import static io.millrace.registry.RegistryError.SUBJECT_NOT_FOUND;
import static io.millrace.registry.RegistryError.SUBJECT_NOT_SOFT_DELETED;
import static io.millrace.registry.RegistryError.SUBJECT_SOFT_DELETED;
import static io.millrace.registry.RegistryError.VERSION_NOT_FOUND;
import static io.millrace.registry.RegistryError.VERSION_NOT_SOFT_DELETED;
import static io.millrace.registry.RegistryError.VERSION_SOFT_DELETED;

import io.millrace.journal.Journal.Decision;
import io.millrace.registry.RegistryChange.AddVersion;
import io.millrace.registry.RegistryChange.DeleteSubject;
import io.millrace.registry.RegistryChange.DeleteVersion;
import io.millrace.schema.CompatibilityLevel;
import io.millrace.schema.InvalidSchemaException;
import io.millrace.schema.SchemaRegistryException;
import io.millrace.schema.SchemaRules;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A schema registry for everyone: what its clients may ask, with the meaning that the clients of
 * Confluent's registry rely on. Safe for use by many threads, and by many instances on one topic.
 *
 * <p>What a method refuses it throws as {@link RegistryException}; if Kafka can't be reached,
 * changes end in {@link SchemaRegistryException}, and questions are answered from what was read
 * before.
 */
public final class RegistryService implements AutoCloseable {
  /** The version that stands for a subject's newest one. */
  public static final int LATEST = -1;

  private final RegistryLog log;
  private final SchemaRules rules;
  private final SubjectSettings settings;

  RegistryService(RegistryLog log, SchemaRules rules) {
    this.log = log;
    this.rules = rules;
    this.settings = new SubjectSettings(log);
  }

  /**
   * A registry on a compacted topic of one partition, which must exist.
   *
   * @param clientConfig {@code bootstrap.servers} and what else the Kafka clients need
   * @param clock measures how long a call waits
   * @param patience how long a change waits for Kafka
   */
  public static RegistryService onKafka(
      Map<String, Object> clientConfig,
      String topic,
      Clock clock,
      Duration patience,
      SchemaRules rules) {
    return new RegistryService(RegistryLog.onKafka(clientConfig, topic, clock, patience), rules);
  }

  /** A registry that lives and dies with its process. */
  public static RegistryService inMemory(SchemaRules rules) {
    return new RegistryService(RegistryLog.inMemory(), rules);
  }

  /** The settings and modes of its subjects and of all. */
  public SubjectSettings settings() {
    return settings;
  }

  /** Waits until all that was registered before the call is known. */
  public void catchUp() {
    log.catchUp();
  }

  // Registering

  /**
   * Registers a schema, or finds it if the subject already has it.
   *
   * @return the version; its id is the one that equal schemas have under other subjects
   */
  public SchemaVersion register(String subject, SchemaRequest request, boolean normalize) {
    SubjectName.check(subject);
    return log.change(state -> decide(state, subject, request, normalize));
  }

  private Decision<RegistryChange, SchemaVersion> decide(
      RegistryState state, String subject, SchemaRequest request, boolean normalize) {
    RegistryMode mode = state.effectiveMode(subject);
    mode.requireWritable(subject);
    SchemaText.Parsed parsed = parse(state, subject, request, normalize);
    Optional<SchemaVersion> present = state.find(subject, parsed.content(), false);
    if (present.isPresent() && (request.id() == null || request.id() == present.get().id())) {
      return Decision.nothingToChange(present.get());
    }
    boolean importing = mode == RegistryMode.IMPORT;
    if (!importing) {
      validate(subject, parsed.schema());
      List<String> reasons =
          incompatibilities(state, subject, parsed.schema(), state.live(subject));
      if (!reasons.isEmpty()) {
        throw new RegistryException(
            INCOMPATIBLE,
            "Schema being registered is incompatible with an earlier schema for subject \"%s\": %s"
                .formatted(subject, String.join("; ", reasons)));
      }
    }
    AddVersion add =
        new AddVersion(
            subject,
            versionFor(state, subject, request, importing),
            idFor(state, subject, request, parsed.content(), importing),
            parsed.content());
    return Decision.of(
        add, new SchemaVersion(subject, add.version(), add.id(), add.content(), false));
  }

  private static int versionFor(
      RegistryState state, String subject, SchemaRequest request, boolean importing) {
    int next = state.nextVersion(subject);
    Integer wanted = request.version();
    if (wanted == null || wanted == LATEST || wanted == 0 || wanted == next) {
      return next;
    }
    if (!importing || wanted < 1 || state.versions(subject).containsKey(wanted)) {
      throw new RegistryException(
          INVALID_SCHEMA,
          "version %d of subject '%s': expected %d, the next".formatted(wanted, subject, next));
    }
    return wanted;
  }

  private static int idFor(
      RegistryState state,
      String subject,
      SchemaRequest request,
      SchemaContent content,
      boolean importing) {
    int id = state.idFor(content);
    Integer wanted = request.id();
    if (wanted == null || wanted <= 0 || wanted == id) {
      return id;
    }
    if (!importing) {
      throw new RegistryException(
          NOT_PERMITTED, "Subject '%s' is not in import mode".formatted(subject));
    }
    if (state.isTaken(wanted, content) || state.isKnown(content)) {
      throw new RegistryException(
          NOT_PERMITTED,
          "schema id %d for subject '%s': one id stands for one schema, and one of the two is taken"
              .formatted(wanted, subject));
    }
    return wanted;
  }

  /** The version of a subject that equals a schema. */
  public SchemaVersion lookup(
      String subject, SchemaRequest request, boolean normalize, boolean orDeleted) {
    return log.ask(
        state -> {
          if (state.versions(subject).isEmpty() || (!orDeleted && state.live(subject).isEmpty())) {
            throw subjectNotFound(subject);
          }
          SchemaText.Parsed parsed = parse(state, subject, request, normalize);
          return state
              .find(subject, parsed.content(), orDeleted)
              .orElseThrow(() -> new RegistryException(SCHEMA_NOT_FOUND, "Schema not found"));
        });
  }

  /**
   * Why a schema can't be registered after the others of its subject; empty if it can.
   *
   * @param version compared with this one alone, or with those that the level asks for if null
   */
  public List<String> incompatibilities(
      String subject, @Nullable Integer version, SchemaRequest request, boolean normalize) {
    SubjectName.check(subject);
    return log.ask(
        state -> {
          SchemaText.Parsed parsed = parse(state, subject, request, normalize);
          validate(subject, parsed.schema());
          return incompatibilities(
              state, subject, parsed.schema(), comparedWith(state, subject, version));
        });
  }

  private static List<SchemaVersion> comparedWith(
      RegistryState state, String subject, @Nullable Integer version) {
    List<SchemaVersion> live = state.live(subject);
    if (version == null) {
      return live;
    }
    if (version == LATEST) {
      return live.isEmpty() ? live : live.subList(live.size() - 1, live.size());
    }
    checkVersion(version);
    SchemaVersion found = state.versions(subject).get(version);
    if (found == null || found.deleted()) {
      throw live.isEmpty() ? subjectNotFound(subject) : versionNotFound(version);
    }
    return List.of(found);
  }

  private List<String> incompatibilities(
      RegistryState state, String subject, Schema newer, List<SchemaVersion> versions) {
    CompatibilityLevel level = state.effectiveConfig(subject).level();
    List<Schema> older = new ArrayList<>();
    for (SchemaVersion version : Compatibility.inQuestion(versions, level)) {
      older.add(SchemaText.parse(version.content(), state));
    }
    List<String> reasons = new ArrayList<>(Compatibility.incompatibilities(newer, older, level));
    reasons.addAll(rules.incompatibilities(subject, newer, older, level));
    if (rules.holdAcrossSubjects(newer)) {
      reasons.addAll(incompatibleElsewhere(state, subject, newer, level));
    }
    return reasons;
  }

  /** What the rules say of the newest versions that other subjects have of the same record. */
  private List<String> incompatibleElsewhere(
      RegistryState state, String subject, Schema newer, CompatibilityLevel level) {
    List<String> reasons = new ArrayList<>();
    for (String other : state.subjects()) {
      List<SchemaVersion> live = state.live(other);
      if (other.equals(subject) || live.isEmpty()) {
        continue;
      }
      SchemaContent content = live.get(live.size() - 1).content();
      if (!content.text().contains(newer.getName())) {
        continue;
      }
      Schema theirs = SchemaText.parse(content, state);
      if (theirs.getType() == Schema.Type.RECORD
          && theirs.getFullName().equals(newer.getFullName())) {
        rules
            .incompatibilities(other, newer, List.of(theirs), level)
            .forEach(reason -> reasons.add("subject %s: %s".formatted(other, reason)));
      }
    }
    return reasons;
  }

  private SchemaText.Parsed parse(
      RegistryState state, String subject, SchemaRequest request, boolean normalize) {
    try {
      return SchemaText.read(
          request.text(),
          request.references(),
          normalize || Boolean.TRUE.equals(state.effectiveConfig(subject).normalize()),
          state);
    } catch (InvalidSchemaException e) {
      throw invalid(e);
    }
  }

  private void validate(String subject, Schema schema) {
    try {
      rules.validate(subject, schema);
    } catch (InvalidSchemaException e) {
      throw invalid(e);
    }
  }

  private static RegistryException invalid(InvalidSchemaException e) {
    return new RegistryException(INVALID_SCHEMA, "Invalid schema: " + e.getMessage());
  }

  // Finding

  /** The subjects that begin with a prefix, sorted. */
  public List<String> subjects(String prefix, VersionFilter filter) {
    return log.ask(
        state ->
            state.subjects().stream()
                .filter(subject -> subject.startsWith(prefix))
                .filter(
                    subject ->
                        switch (filter) {
                          case LIVE -> !state.live(subject).isEmpty();
                          case ALL -> true;
                          case DELETED -> state.live(subject).isEmpty();
                        })
                .toList());
  }

  /** The versions of a subject, ascending; at least one. */
  public List<SchemaVersion> versions(String subject, VersionFilter filter) {
    return log.ask(
        state -> {
          List<SchemaVersion> found =
              state.versions(subject).values().stream().filter(filter::admits).toList();
          if (found.isEmpty()) {
            throw subjectNotFound(subject);
          }
          return found;
        });
  }

  /**
   * One version of a subject.
   *
   * @param version or {@link #LATEST}
   */
  public SchemaVersion version(String subject, int version, boolean orDeleted) {
    return log.ask(state -> version(state, subject, version, orDeleted));
  }

  private static SchemaVersion version(
      RegistryState state, String subject, int version, boolean orDeleted) {
    if (version != LATEST) {
      checkVersion(version);
    }
    List<SchemaVersion> candidates =
        orDeleted ? List.copyOf(state.versions(subject).values()) : state.live(subject);
    if (candidates.isEmpty()) {
      throw subjectNotFound(subject);
    }
    return candidates.stream()
        .filter(v -> version == LATEST || v.version() == version)
        .reduce((earlier, later) -> later)
        .orElseThrow(() -> versionNotFound(version));
  }

  /** All versions of the subjects that begin with a prefix, by subject and version. */
  public List<SchemaVersion> schemas(String prefix, VersionFilter filter, boolean latestOnly) {
    return log.ask(
        state -> {
          List<SchemaVersion> found = new ArrayList<>();
          for (String subject : state.subjects()) {
            if (subject.startsWith(prefix)) {
              List<SchemaVersion> admitted =
                  state.versions(subject).values().stream().filter(filter::admits).toList();
              found.addAll(
                  latestOnly && !admitted.isEmpty()
                      ? admitted.subList(admitted.size() - 1, admitted.size())
                      : admitted);
            }
          }
          return found;
        });
  }

  /** What an id stands for; also if all its versions are softly deleted. */
  public SchemaContent byId(int id) {
    RegistryState.Entry entry = entry(id);
    if (entry == null) {
      throw new RegistryException(SCHEMA_NOT_FOUND, "Schema " + id + " not found");
    }
    return entry.content();
  }

  /** As {@link #byId}, as one text that holds the types it refers to. */
  public String wholeById(int id) {
    SchemaContent content = byId(id);
    return log.read(state -> SchemaText.parse(content, state)).toString();
  }

  private RegistryState.@Nullable Entry entry(int id) {
    RegistryState.Entry entry = log.entry(id);
    if (entry == null) {
      log.catchUpIfReachable();
      entry = log.entry(id);
    }
    return entry;
  }

  /**
   * The bytes that answer for an id, if it is known without waiting; null otherwise. They are made
   * once for each id, and go when the id goes.
   */
  public byte @Nullable [] knownAnswer(int id, Function<SchemaContent, byte[]> writer) {
    RegistryState.Entry entry = log.entry(id);
    if (entry == null) {
      return null;
    }
    byte[] answer = entry.answer();
    if (answer == null) {
      answer = writer.apply(entry.content());
      entry.keep(answer);
    }
    return answer;
  }

  /** The versions with an id, at least one. */
  public List<SchemaVersion> users(int id, VersionFilter filter) {
    return log.ask(
        state -> {
          if (state.entry(id) == null) {
            throw new RegistryException(SCHEMA_NOT_FOUND, "Schema " + id + " not found");
          }
          return state.users(id).stream().filter(filter::admits).toList();
        });
  }

  /** The greatest id given so far, 0 if there is none. */
  public int maxId() {
    return log.ask(RegistryState::maxId);
  }

  /** The ids of the schemas that take a type from a version, ascending. */
  public List<Integer> referencedBy(String subject, int version) {
    return log.ask(
        state -> {
          SchemaVersion found = version(state, subject, version, true);
          return state.referrers(subject, found.version()).stream()
              .filter(v -> !v.deleted())
              .map(SchemaVersion::id)
              .distinct()
              .sorted()
              .toList();
        });
  }

  // Deleting

  /**
   * Hides all versions of a subject; or, if they are hidden and {@code permanent}, forgets them.
   *
   * @return their numbers, ascending
   */
  public List<Integer> deleteSubject(String subject, boolean permanent) {
    return log.change(
        state -> {
          state.effectiveMode(subject).requireWritable(subject);
          NavigableMap<Integer, SchemaVersion> versions = state.versions(subject);
          List<SchemaVersion> live = state.live(subject);
          if (versions.isEmpty()) {
            throw subjectNotFound(subject);
          }
          if (!permanent && live.isEmpty()) {
            throw new RegistryException(
                SUBJECT_SOFT_DELETED,
                "Subject '%s' was soft deleted. Set permanent=true to delete permanently"
                    .formatted(subject));
          }
          if (permanent && !live.isEmpty()) {
            throw new RegistryException(
                SUBJECT_NOT_SOFT_DELETED,
                "Subject '%s' was not deleted first before being permanently deleted"
                    .formatted(subject));
          }
          List<SchemaVersion> deleted = permanent ? List.copyOf(versions.values()) : live;
          deleted.forEach(version -> checkNotReferenced(state, version, permanent));
          return Decision.of(
              new DeleteSubject(subject, permanent),
              deleted.stream().map(SchemaVersion::version).toList());
        });
  }

  /**
   * Hides a version; or, if it is hidden and {@code permanent}, forgets it.
   *
   * @param version or {@link #LATEST}
   * @return its number
   */
  public int deleteVersion(String subject, int version, boolean permanent) {
    return log.change(
        state -> {
          state.effectiveMode(subject).requireWritable(subject);
          SchemaVersion found = version(state, subject, version, version != LATEST || permanent);
          if (!permanent && found.deleted()) {
            throw new RegistryException(
                VERSION_SOFT_DELETED,
                "Subject '%s' Version %d was soft deleted. Set permanent=true to delete permanently"
                    .formatted(subject, found.version()));
          }
          if (permanent && !found.deleted()) {
            throw new RegistryException(
                VERSION_NOT_SOFT_DELETED,
                "Subject '%s' Version %d was not deleted first before being permanently deleted"
                    .formatted(subject, found.version()));
          }
          checkNotReferenced(state, found, permanent);
          return Decision.of(
              new DeleteVersion(subject, found.version(), permanent), found.version());
        });
  }

  /** A hidden version may still be referred to by hidden ones, a forgotten one by none. */
  private static void checkNotReferenced(
      RegistryState state, SchemaVersion version, boolean permanent) {
    List<SchemaVersion> referrers =
        state.referrers(version.subject(), version.version()).stream()
            .filter(v -> permanent || !v.deleted())
            .toList();
    if (!referrers.isEmpty()) {
      throw new RegistryException(
          REFERENCED,
          "One or more references exist to subject '%s' version %d: from subject '%s' version %d"
              .formatted(
                  version.subject(),
                  version.version(),
                  referrers.get(0).subject(),
                  referrers.get(0).version()));
    }
  }

  // What several of the above need

  private static void checkVersion(int version) {
    if (version < 1) {
      throw new RegistryException(
          INVALID_VERSION,
          ("The specified version '%d' is not a valid version id. Allowed values are between"
                  + " [1, 2^31-1] and the string \"latest\"")
              .formatted(version));
    }
  }

  private static RegistryException subjectNotFound(String subject) {
    return new RegistryException(SUBJECT_NOT_FOUND, "Subject '%s' not found.".formatted(subject));
  }

  private static RegistryException versionNotFound(int version) {
    return new RegistryException(
        VERSION_NOT_FOUND,
        "Version %s not found.".formatted(version == LATEST ? "latest" : version));
  }

  @Override
  public void close() {
    log.close();
  }
}
