package io.millrace.journal;

/**
 * What the changes of a journal so far amount to. It is changed by one thread at a time.
 *
 * @param <C> a change
 */
public interface JournalState<C> {

  /** How many changes have held. */
  long revision();

  /**
   * Applies a change if it was made for the next revision and is possible; says whether it did.
   *
   * @param forRevision what {@link #revision} will be if the change holds
   */
  boolean apply(long forRevision, C change);
}
