package io.millrace.parameters;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.event.VersionManifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A learner that dies and repeats itself, a cleaner that compacts and views that stop, start,
 * rebuild and come new, in any interleaving: whatever a view shows is a version as the learner had
 * it, and a new view shows the learner's own.
 */
class CompactedLogTest {
  private static LongStream seeds() {
    return new SplittableRandom(1).longs(300);
  }

  private static final int ROWS = 12;
  private static final long LONGEST_VERSION = 400;
  private static final int REMOVED = 0;

  private record Entry(long offset, String key, int value, @Nullable VersionManifest manifest) {}

  /** The model after {@code version} examples: each example sets two rows, a pure function. */
  private static Map<Long, Integer> model(long version) {
    Map<Long, Integer> rows = new HashMap<>();
    for (long example = 0; example < version; example++) {
      touch(example).forEach(rows::put);
    }
    return rows;
  }

  private static Map<Long, Integer> touch(long example) {
    SplittableRandom random = new SplittableRandom(example * 77 + 5);
    int first = random.nextInt(ROWS);
    return Map.of(
        (long) first, (int) example % 100 + 1, (long) (first + 1) % ROWS, (int) example % 50 + 1);
  }

  private final List<Entry> log = new ArrayList<>();
  private long end;

  /** A learner's first publish: its whole model, and nothing beside it. */
  private void restart(long version) {
    Set<String> held = new TreeSet<>();
    for (Entry entry : log) {
      if (entry.manifest == null && entry.value == REMOVED) {
        held.remove(entry.key);
      } else if (entry.manifest == null) {
        held.add(entry.key);
      }
    }
    model(version).keySet().forEach(row -> held.remove("r" + row));
    held.forEach(key -> log.add(new Entry(end++, key, REMOVED, null)));
    publish(0, version);
  }

  private void publish(long base, long version) {
    Map<Long, Integer> changed = new TreeMap<>();
    for (long example = base; example < version; example++) {
      changed.putAll(touch(example));
    }
    changed.forEach((row, value) -> log.add(new Entry(end++, "r" + row, value, null)));
    VersionManifest manifest = Manifests.manifest(version, base, changed.size(), 0);
    log.add(new Entry(end++, "m", 0, manifest));
  }

  /** Keeps the newest record of each key below {@code bound}, and all from there on. */
  private void compact(long bound) {
    Set<String> newer = new HashSet<>();
    List<Entry> kept = new ArrayList<>();
    for (int i = log.size() - 1; i >= 0; i--) {
      Entry entry = log.get(i);
      if (entry.offset >= bound || newer.add(entry.key)) {
        kept.add(0, entry);
      }
    }
    log.clear();
    log.addAll(kept);
  }

  /** A view as ParameterView is one, with maps for its table. */
  private final class View {
    final VersionAssembler assembler = new VersionAssembler();
    @Nullable VersionManifest shown;
    Map<Long, Integer> rows = new HashMap<>();
    long next;
    long catchUpEnd;
    int rebuilds;

    View() {
      connect(null, 0);
    }

    void connect(@Nullable VersionManifest baseline, long from) {
      assembler.catchUp(baseline);
      next = from;
      catchUpEnd = end;
    }

    void read(int most) {
      int n = 0;
      for (Entry entry : List.copyOf(log)) {
        if (entry.offset < next) {
          continue;
        }
        if (assembler.catchingUp() && entry.offset >= catchUpEnd) {
          assembler.caughtUp().ifPresent(this::show);
        }
        if (n++ == most) {
          return;
        }
        next = entry.offset + 1;
        if (entry.manifest == null) {
          byte[] value = entry.value == REMOVED ? new byte[0] : new byte[] {(byte) entry.value};
          assembler.row(Long.parseLong(entry.key.substring(1)), value);
        } else {
          VersionAssembler.Verdict verdict = assembler.manifest(entry.manifest, entry.offset + 1);
          if (verdict == VersionAssembler.Verdict.GAP) {
            rebuilds++;
            connect(null, 0);
            return;
          }
          if (verdict == VersionAssembler.Verdict.COMPLETE && !assembler.catchingUp()) {
            show(assembler.take());
          }
        }
      }
      if (assembler.catchingUp()) {
        assembler.caughtUp().ifPresent(this::show);
      }
    }

    void show(VersionChange change) {
      if (change.whole()) {
        rows = new HashMap<>();
      }
      change
          .rows()
          .forEach(
              (row, value) -> {
                if (value.length == 0) {
                  rows.remove(row);
                } else {
                  rows.put(row, (int) value[0]);
                }
              });
      shown = change.manifest();
      stored = shown;
      storedRows = new HashMap<>(rows);
      storedOffset = change.nextOffset();
      assertThat(rows).isEqualTo(model(shown.getVersion()));
    }

    @Nullable VersionManifest stored;
    Map<Long, Integer> storedRows = new HashMap<>();
    long storedOffset;

    void restart() {
      shown = stored;
      rows = new HashMap<>(storedRows);
      connect(stored, storedOffset);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverIsShownIsAVersionAsTheLearnerHadIt(long seed) {
    log.clear();
    end = 0;
    SplittableRandom random = new SplittableRandom(seed);
    long published = 0;
    long checkpoint = 0;
    publish(0, 0);
    View view = new View();
    for (int step = 0; step < 120; step++) {
      View fresh = new View();
      fresh.read(Integer.MAX_VALUE);
      assertThat(Objects.requireNonNull(fresh.shown).getVersion()).isEqualTo(published);
      switch (random.nextInt(8)) {
        case 0, 1, 2 -> {
          if (published < LONGEST_VERSION) {
            long version = published + 1 + random.nextInt(5);
            publish(published, version);
            published = version;
          }
        }
        case 3 -> {
          // The learner dies; what it had learned by its checkpoint it publishes whole.
          restart(checkpoint);
          published = checkpoint;
        }
        case 4 -> checkpoint = random.nextInt(3) == 0 ? published : checkpoint;
        case 5 -> {
          // The lag keeps what a view that is catching up, or a little behind, still has to read.
          if (!view.assembler.catchingUp()) {
            compact(Math.max(0, view.next - random.nextInt(6)));
          }
        }
        case 6 -> view.read(random.nextInt(20));
        default -> {
          if (random.nextInt(4) == 0) {
            view.restart();
          }
        }
      }
    }
    view.read(Integer.MAX_VALUE);
    view.read(Integer.MAX_VALUE);
    // Unless the learner has gone back behind it, the view is at the newest version.
    VersionManifest shown = view.shown;
    assertThat(shown).isNotNull();
    assertThat(Objects.requireNonNull(shown).getVersion()).isGreaterThanOrEqualTo(published);
    assertThat(view.rebuilds).isZero();
  }
}
