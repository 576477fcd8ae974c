package io.millrace.file;

import io.millrace.feature.InvalidFeatureException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts rows that were rejected, by kind of reason and field, and keeps the first of each. */
public final class Rejections {
  /** So many of each kind are kept. */
  public static final int KEPT = 3;

  private static final int MOST_KINDS = 1_000;

  private final Map<Key, List<Kept>> kept = new LinkedHashMap<>();
  private final Map<Key, Long> counts = new LinkedHashMap<>();
  private long total;

  private record Key(Rejection.Kind kind, @Nullable String field) {}

  private record Kept(long line, Rejection rejection) {}

  /**
   * One rejected row.
   *
   * @param line where it stands, from 1
   */
  public record Example(long line, @Nullable String value, String message) {
    /** Place, value and expectation, for people. */
    public String words() {
      return "line %d: %s".formatted(line, message);
    }
  }

  /**
   * All rows that were rejected for one kind of reason.
   *
   * @param field that it is about, or null
   * @param examples the first ones
   */
  public record Group(
      Rejection.Kind kind, @Nullable String field, long count, List<Example> examples) {
    /** Kind and field, for people. */
    public String reason() {
      return kind.words() + (field == null ? "" : " of " + field);
    }
  }

  /** Counts a row. */
  public void add(long line, Rejection rejection) {
    total++;
    Key key = new Key(rejection.kind(), rejection.field());
    if (!counts.containsKey(key) && counts.size() >= MOST_KINDS) {
      key = new Key(rejection.kind(), null);
    }
    counts.merge(key, 1L, Long::sum);
    List<Kept> first = kept.computeIfAbsent(key, k -> new ArrayList<>(KEPT));
    if (first.size() < KEPT) {
      first.add(new Kept(line, rejection));
    }
  }

  /** The rejection that a value which a feature cannot take is. */
  public static Rejection of(InvalidFeatureException e) {
    Object value = e.value();
    return Rejection.of(
        Rejection.Kind.VALUE, e.field(), value == null ? null : value.toString(), e.detail());
  }

  /** Rows that were counted. */
  public long total() {
    return total;
  }

  /** What was counted, the most frequent first. */
  public List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    counts.forEach(
        (key, count) ->
            groups.add(
                new Group(
                    key.kind(),
                    key.field(),
                    count,
                    Objects.requireNonNull(kept.get(key)).stream()
                        .map(
                            k ->
                                new Example(
                                    k.line(), k.rejection().value(), k.rejection().message()))
                        .toList())));
    groups.sort(Comparator.comparingLong(Group::count).reversed());
    return groups;
  }

  /** For a terminal: each kind with its count, then its first rows. */
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    for (Group group : groups()) {
      lines.add(
          "%d %s rejected: %s"
              .formatted(group.count(), group.count() == 1 ? "row" : "rows", group.reason()));
      group.examples().forEach(example -> lines.add("  " + example.words()));
    }
    return lines;
  }
}
