package io.millrace.registry;

import io.millrace.journal.JournalState;
import io.millrace.registry.RegistryChange.AddVersion;
import io.millrace.registry.RegistryChange.DeleteSubject;
import io.millrace.registry.RegistryChange.DeleteVersion;
import io.millrace.registry.RegistryChange.SetConfig;
import io.millrace.registry.RegistryChange.SetMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What the changes so far amount to. A change is made for one revision and holds only if it is the
 * next one, so whoever decided it knew everything that came before; equal logs give equal states.
 *
 * <p>Ids count from 1. A content keeps its id also when all versions with it are forgotten: no id
 * ever means two contents.
 *
 * <p>Not thread-safe, except for {@link #entry}.
 */
final class RegistryState implements JournalState<RegistryChange> {

  /** What is known of an id. */
  static final class Entry {
    private final int id;
    private final SchemaContent content;
    private final SchemaVersion first;
    private final TreeSet<SubjectVersion> users = new TreeSet<>();
    private volatile byte @Nullable [] answer;

    private Entry(SchemaVersion first) {
      this.id = first.id();
      this.content = first.content();
      this.first = first;
    }

    int id() {
      return id;
    }

    SchemaContent content() {
      return content;
    }

    /** The version that brought the id, or brought it back. */
    SchemaVersion first() {
      return first;
    }

    /** Bytes kept by whoever answers for this id, null at first. */
    byte @Nullable [] answer() {
      return answer;
    }

    void keep(byte[] bytes) {
      answer = bytes;
    }
  }

  private record SubjectVersion(String subject, int version) implements Comparable<SubjectVersion> {
    @Override
    public int compareTo(SubjectVersion other) {
      int order = subject.compareTo(other.subject);
      return order != 0 ? order : Integer.compare(version, other.version);
    }
  }

  private final NavigableMap<String, NavigableMap<Integer, SchemaVersion>> subjects =
      new TreeMap<>();
  private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();
  private final Map<String, Integer> ids = new HashMap<>();
  private final Set<Integer> idsGiven = new HashSet<>();
  private final Map<SubjectVersion, TreeSet<SubjectVersion>> referrers = new HashMap<>();
  private final Map<String, SubjectConfig> configs = new HashMap<>();
  private final Map<String, RegistryMode> modes = new HashMap<>();
  private @Nullable SubjectConfig globalConfig;
  private @Nullable RegistryMode globalMode;
  private long revision;
  private int maxId;

  /** How many changes have held. */
  @Override
  public long revision() {
    return revision;
  }

  /** Applies a change if it was made for the next revision and is possible; says whether it did. */
  @Override
  public boolean apply(long forRevision, RegistryChange change) {
    if (forRevision != revision + 1 || !possible(change)) {
      return false;
    }
    if (change instanceof AddVersion add) {
      add(add);
    } else if (change instanceof DeleteVersion delete) {
      delete(delete.subject(), delete.version(), delete.permanent());
      dropSettingsOfTheDeleted(delete.subject());
    } else if (change instanceof DeleteSubject delete) {
      for (int version : List.copyOf(versions(delete.subject()).keySet())) {
        delete(delete.subject(), version, delete.permanent());
      }
      dropSettingsOfTheDeleted(delete.subject());
    } else if (change instanceof SetConfig set) {
      if (set.subject() == null) {
        globalConfig = set.config();
      } else {
        put(configs, set.subject(), set.config());
      }
    } else if (change instanceof SetMode set) {
      if (set.subject() == null) {
        globalMode = set.mode();
      } else {
        put(modes, set.subject(), set.mode());
      }
    }
    revision++;
    return true;
  }

  /** What must hold of any change, whoever wrote it: an id means one content. */
  private boolean possible(RegistryChange change) {
    if (change instanceof AddVersion add) {
      Integer known = ids.get(add.content().fingerprint());
      return add.id() > 0
          && add.version() > 0
          && !versions(add.subject()).containsKey(add.version())
          && (known == null ? !idsGiven.contains(add.id()) : known == add.id());
    }
    if (change instanceof DeleteVersion delete) {
      return versions(delete.subject()).containsKey(delete.version());
    }
    return true;
  }

  private void add(AddVersion add) {
    SchemaVersion version =
        new SchemaVersion(add.subject(), add.version(), add.id(), add.content(), false);
    ids.put(add.content().fingerprint(), add.id());
    idsGiven.add(add.id());
    maxId = Math.max(maxId, add.id());
    subjects.computeIfAbsent(add.subject(), s -> new TreeMap<>()).put(add.version(), version);
    SubjectVersion user = new SubjectVersion(add.subject(), add.version());
    entries.computeIfAbsent(add.id(), id -> new Entry(version)).users.add(user);
    for (SchemaReference reference : add.content().references()) {
      referrers
          .computeIfAbsent(
              new SubjectVersion(reference.subject(), reference.version()), r -> new TreeSet<>())
          .add(user);
    }
  }

  private void delete(String subject, int version, boolean permanent) {
    NavigableMap<Integer, SchemaVersion> versions = versions(subject);
    SchemaVersion deleted = versions.get(version);
    if (deleted == null) {
      return;
    }
    if (!permanent) {
      versions.put(version, deleted.asDeleted());
      return;
    }
    versions.remove(version);
    if (versions.isEmpty()) {
      subjects.remove(subject);
    }
    SubjectVersion user = new SubjectVersion(subject, version);
    Entry entry = entries.get(deleted.id());
    if (entry != null) {
      entry.users.remove(user);
      if (entry.users.isEmpty()) {
        entries.remove(deleted.id());
      }
    }
    for (SchemaReference reference : deleted.content().references()) {
      SubjectVersion referred = new SubjectVersion(reference.subject(), reference.version());
      TreeSet<SubjectVersion> others = referrers.get(referred);
      if (others != null) {
        others.remove(user);
        if (others.isEmpty()) {
          referrers.remove(referred);
        }
      }
    }
  }

  private void dropSettingsOfTheDeleted(String subject) {
    if (live(subject).isEmpty()) {
      configs.remove(subject);
      modes.remove(subject);
    }
  }

  private static <V> void put(Map<String, V> map, String key, @Nullable V value) {
    if (value == null) {
      map.remove(key);
    } else {
      map.put(key, value);
    }
  }

  /** What an id stands for, or null; may be called while another thread applies changes. */
  @Nullable Entry entry(int id) {
    return entries.get(id);
  }

  /** The versions with an id, deleted ones too, by subject and version. */
  List<SchemaVersion> users(int id) {
    Entry entry = entries.get(id);
    return entry == null ? List.of() : resolve(entry.users);
  }

  /** The versions that take a type from this one, deleted ones too. */
  List<SchemaVersion> referrers(String subject, int version) {
    return resolve(referrers.getOrDefault(new SubjectVersion(subject, version), new TreeSet<>()));
  }

  private List<SchemaVersion> resolve(Set<SubjectVersion> places) {
    List<SchemaVersion> found = new ArrayList<>();
    for (SubjectVersion place : places) {
      SchemaVersion version = versions(place.subject()).get(place.version());
      if (version != null) {
        found.add(version);
      }
    }
    return found;
  }

  /** The id of a content, or of one that would be new. */
  int idFor(SchemaContent content) {
    Integer known = ids.get(content.fingerprint());
    return known != null ? known : maxId + 1;
  }

  /** The number after all that a subject has, deleted ones too. */
  int nextVersion(String subject) {
    NavigableMap<Integer, SchemaVersion> versions = versions(subject);
    return versions.isEmpty() ? 1 : versions.lastKey() + 1;
  }

  /** Whether an id was ever given to a content other than this one. */
  boolean isTaken(int id, SchemaContent content) {
    return idsGiven.contains(id) && !Integer.valueOf(id).equals(ids.get(content.fingerprint()));
  }

  /** Whether a content was ever registered. */
  boolean isKnown(SchemaContent content) {
    return ids.containsKey(content.fingerprint());
  }

  int maxId() {
    return maxId;
  }

  /** All subjects that have a version, deleted ones too. */
  Set<String> subjects() {
    return Collections.unmodifiableSet(subjects.navigableKeySet());
  }

  /** All versions of a subject by number, deleted ones too; empty if there is no such subject. */
  NavigableMap<Integer, SchemaVersion> versions(String subject) {
    return subjects.getOrDefault(subject, Collections.emptyNavigableMap());
  }

  /** The versions of a subject that are not deleted, the newest last. */
  List<SchemaVersion> live(String subject) {
    return versions(subject).values().stream().filter(v -> !v.deleted()).toList();
  }

  /** The version of a subject with this content that is not deleted. */
  Optional<SchemaVersion> find(String subject, SchemaContent content, boolean orDeleted) {
    Integer id = ids.get(content.fingerprint());
    return id == null
        ? Optional.empty()
        : versions(subject).descendingMap().values().stream()
            .filter(v -> v.id() == id && (orDeleted || !v.deleted()))
            .findFirst();
  }

  /** The settings of a subject (null: of all), or null if it has none of its own. */
  @Nullable SubjectConfig config(@Nullable String subject) {
    return subject == null ? globalConfig : configs.get(subject);
  }

  /** What holds for a subject. */
  SubjectConfig effectiveConfig(@Nullable String subject) {
    SubjectConfig global = (globalConfig == null ? SubjectConfig.DEFAULT : globalConfig);
    SubjectConfig own = subject == null ? null : configs.get(subject);
    SubjectConfig all = global.or(SubjectConfig.DEFAULT);
    return own == null ? all : own.or(all);
  }

  /** The mode of a subject (null: of all), or null if it has none of its own. */
  @Nullable RegistryMode mode(@Nullable String subject) {
    return subject == null ? globalMode : modes.get(subject);
  }

  /** What holds for a subject. */
  RegistryMode effectiveMode(@Nullable String subject) {
    RegistryMode global = globalMode == null ? RegistryMode.READWRITE : globalMode;
    if (subject == null || global == RegistryMode.READONLY_OVERRIDE) {
      return global;
    }
    return modes.getOrDefault(subject, global);
  }
}
