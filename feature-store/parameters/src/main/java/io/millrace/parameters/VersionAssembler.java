package io.millrace.parameters;

import io.millrace.event.TensorUpdate;
import io.millrace.event.VersionManifest;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Decides, record by record, when what was read amounts to a whole version. Pure; the view applies
 * what it decides.
 *
 * <p>Rows and tensors are held back until their manifest. While catching up, versions are merged
 * and given out once, at the end: compaction may have removed records in favour of later ones, so a
 * state in between may never have existed. After that each manifest must continue from the version
 * before it and announce as many records as came; otherwise there is a gap.
 *
 * <p>A learner that has restarted publishes lower versions again. Whoever has a version ignores
 * them: the same version has the same values. Reading from the log's beginning they count, and the
 * last manifest wins: the learner's first publish makes the log hold exactly what the learner has,
 * and compaction may have removed what the higher versions before it were made of. A version with
 * another feature schema follows as a whole: a model that has taken in a feature publishes all of
 * itself.
 *
 * <p>Versions compare within an incarnation only. A learner whose arithmetic gives other bits
 * begins a higher one with a whole publish, which replaces what is there even where its version is
 * lower; whoever has missed that publish reads again from the start. A lower incarnation is
 * ignored.
 */
final class VersionAssembler {

  /** What a manifest means. */
  enum Verdict {
    /** A change is complete; {@link #take} gives it, at once or at the end of catching up. */
    COMPLETE,
    /** Not newer than what is there; its records are dropped. */
    SKIPPED,
    /** Something between is missing: read again from the start. */
    GAP
  }

  private @Nullable VersionManifest baseline;
  private boolean catchingUp;
  private boolean fromStart;
  private boolean whole;
  private long nextOffset;
  private boolean completed;

  private Long2ObjectOpenHashMap<byte[]> openRows = new Long2ObjectOpenHashMap<>();
  private Map<String, TensorUpdate> openTensors = new LinkedHashMap<>();
  private int openRowRecords;
  private int openTensorRecords;

  private Long2ObjectOpenHashMap<byte[]> rows = new Long2ObjectOpenHashMap<>();
  private Map<String, TensorUpdate> tensors = new LinkedHashMap<>();

  /**
   * Starts to read a stretch of the log that may have been compacted.
   *
   * @param baseline the version that changes are relative to; null if reading starts at the log's
   *     beginning, and what comes out is then whole
   */
  void catchUp(@Nullable VersionManifest baseline) {
    this.baseline = baseline;
    this.catchingUp = true;
    this.fromStart = baseline == null;
    this.whole = fromStart;
    this.completed = false;
    dropOpen();
    rows = new Long2ObjectOpenHashMap<>();
    tensors = new LinkedHashMap<>();
  }

  /** Ends catching up: the change that it amounted to, if there was any. */
  Optional<VersionChange> caughtUp() {
    catchingUp = false;
    return completed ? Optional.of(take()) : Optional.empty();
  }

  boolean catchingUp() {
    return catchingUp;
  }

  /** A row record; an empty value removes the row. */
  void row(long row, byte[] value) {
    openRowRecords += value.length == 0 ? 0 : 1;
    openRows.put(row, value);
  }

  /** A tensor record. */
  void tensor(TensorUpdate tensor) {
    openTensorRecords++;
    openTensors.put(tensor.getName(), tensor);
  }

  /**
   * A manifest.
   *
   * @param offsetAfter the offset after its record
   */
  Verdict manifest(VersionManifest manifest, long offsetAfter) {
    VersionManifest before = baseline;
    boolean otherModel = before != null && !sameModel(before, manifest);
    boolean newer = before != null && manifest.getIncarnation() > before.getIncarnation();
    boolean older = before != null && manifest.getIncarnation() < before.getIncarnation();
    boolean again =
        before != null
            && !newer
            && before.getModelConfig().equals(manifest.getModelConfig())
            && manifest.getVersion() <= before.getVersion();
    boolean anew = newer || (otherModel && !again);
    boolean replaces =
        manifest.getBaseVersion() == 0
            && (before == null || anew)
            && (!newer || catchingUp || announces(manifest));
    boolean mergesAll = catchingUp && fromStart;
    boolean known = !newer && !replaces && before != null && !isAfter(manifest, before);
    if (!mergesAll && (older || known)) {
      dropOpen();
      return Verdict.SKIPPED;
    }
    boolean mayMerge = mergesAll || (catchingUp && !otherModel && !newer);
    if (!mayMerge && !replaces && !continues(before, anew, manifest)) {
      dropOpen();
      return Verdict.GAP;
    }
    if (replaces && anew && before != null) {
      rows = new Long2ObjectOpenHashMap<>();
      tensors = new LinkedHashMap<>();
      whole = true;
    }
    close();
    baseline = manifest;
    nextOffset = offsetAfter;
    completed = true;
    return Verdict.COMPLETE;
  }

  /** Whether two versions are of a model with the same definition. */
  static boolean sameModel(VersionManifest one, VersionManifest other) {
    return one.getModelConfig().equals(other.getModelConfig())
        && one.getFeatureSchema().equals(other.getFeatureSchema());
  }

  private static boolean isAfter(VersionManifest manifest, VersionManifest before) {
    return manifest.getVersion() > before.getVersion();
  }

  private boolean continues(
      @Nullable VersionManifest before, boolean anew, VersionManifest manifest) {
    return before != null
        && !anew
        && manifest.getBaseVersion() <= before.getVersion()
        && announces(manifest);
  }

  /** Whether as many records came as a manifest says. */
  private boolean announces(VersionManifest manifest) {
    return manifest.getRows() == openRowRecords && manifest.getTensors() == openTensorRecords;
  }

  /** The change that the last manifest completed. */
  VersionChange take() {
    VersionManifest manifest = baseline;
    if (manifest == null || !completed) {
      throw new IllegalStateException("no version is complete");
    }
    VersionChange change = new VersionChange(manifest, nextOffset, whole, rows, tensors);
    rows = new Long2ObjectOpenHashMap<>();
    tensors = new LinkedHashMap<>();
    whole = false;
    completed = false;
    return change;
  }

  private void close() {
    if (rows.size() == 0) {
      rows = openRows;
      openRows = new Long2ObjectOpenHashMap<>();
    } else {
      rows.putAll(openRows);
    }
    tensors.putAll(openTensors);
    dropOpen();
  }

  private void dropOpen() {
    openRows = new Long2ObjectOpenHashMap<>();
    openTensors = new LinkedHashMap<>();
    openRowRecords = 0;
    openTensorRecords = 0;
  }
}
