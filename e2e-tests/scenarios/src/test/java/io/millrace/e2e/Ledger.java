package io.millrace.e2e;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What producers and clients were told about each thing they sent. Safe for use by many threads.
 *
 * @param own records of this load's producer by number: sent, and then whether acknowledged
 * @param ranked impression ids of rankings that were asked for, and what became of them
 */
record Ledger(Map<Long, Fate> own, Map<String, Fate> ranked) {
  /** What its sender knows. */
  enum Fate {
    /** No answer, or one that promises nothing: it is there once, or not at all. */
    SENT,
    /** It is there once. */
    ACKNOWLEDGED
  }

  Ledger() {
    this(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
  }

  long acknowledged() {
    return count(own) + count(ranked);
  }

  private static long count(Map<?, Fate> fates) {
    return fates.values().stream().filter(fate -> fate == Fate.ACKNOWLEDGED).count();
  }
}
