package io.millrace.training;

import io.millrace.event.VersionManifest;
import org.jspecify.annotations.Nullable;

/**
 * Which line of a model's versions a learner continues. Within an incarnation the same version has
 * the same values, so servers skip what they know; a learner whose bits may differ from those that
 * were published begins the next one.
 *
 * @param number increasing in the model's topic for ever; 0 for what was learned before there were
 *     incarnations
 * @param arithmetic as {@link io.millrace.learner.CompiledModel#arithmetic} names it; empty if not
 *     known
 * @param since version from which on the learner has learned every example by this arithmetic; 0 if
 *     it has the whole log
 */
record Incarnation(long number, String arithmetic, long since) {
  /** Of a state or manifest that has none. */
  static final Incarnation UNKNOWN = new Incarnation(0, "", 0);

  Incarnation {
    if (number < 0) {
      throw new IllegalArgumentException("number: " + number + ", expected at least 0");
    }
    if (since < 0) {
      throw new IllegalArgumentException("since: " + since + ", expected at least 0");
    }
  }

  /** What a manifest says. */
  static Incarnation of(VersionManifest manifest) {
    return new Incarnation(
        manifest.getIncarnation(), manifest.getArithmetic(), manifest.getArithmeticSince());
  }

  /**
   * The incarnation of a learner that starts.
   *
   * <p>From a checkpoint it goes on with the checkpoint's, if its arithmetic is still that and
   * nobody has begun another since: a learner that was moved away and back restarts from before the
   * move, and what was published in between is not what it knows. Without a checkpoint it learns
   * the whole log again, so it goes on with the published one only if that was learned by this
   * arithmetic from the beginning.
   *
   * @param stored what the learner's checkpoint says, or null without one
   * @param version of the checkpoint, without one the first offset that it learns
   * @param published what the last manifest says, or null without one
   * @param arithmetic of this learner
   * @param lost whether the log has lost examples behind the checkpoint, or without one its
   *     beginning: what was published may have been learned from them
   */
  static Incarnation begin(
      @Nullable Incarnation stored,
      long version,
      @Nullable Incarnation published,
      String arithmetic,
      boolean lost) {
    long last = published == null ? 0 : published.number;
    if (stored == null) {
      return published != null
              && published.arithmetic.equals(arithmetic)
              && published.since == 0
              && !lost
          ? published
          : new Incarnation(last + 1, arithmetic, version);
    }
    boolean same = stored.arithmetic.equals(arithmetic) && !lost;
    if (same && stored.number >= last) {
      return stored;
    }
    return new Incarnation(
        Math.max(stored.number, last) + 1, arithmetic, same ? stored.since : version);
  }

  /**
   * The incarnation of a clone that starts from its source's state: a new one each time, because a
   * later cut of the source has learned other steps by the source's settings.
   *
   * @param version of the source's state
   * @param published what the clone's last manifest says, or null without one
   */
  static Incarnation beginClone(long version, @Nullable Incarnation published, String arithmetic) {
    // Never 0, which would say that the whole log was learned so.
    return new Incarnation(
        (published == null ? 0 : published.number) + 1, arithmetic, Math.max(1, version));
  }

  /** For messages: the arithmetic in words. */
  String words() {
    return arithmetic.isEmpty() ? "an arithmetic that is not known" : arithmetic;
  }
}
