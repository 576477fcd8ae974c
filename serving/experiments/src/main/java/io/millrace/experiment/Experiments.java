package io.millrace.experiment;

import io.millrace.journal.JournalState;

/**
 * What the changes so far amount to. Changed by one thread at a time; {@link #view} may be kept.
 */
final class Experiments implements JournalState<ExperimentChange> {
  private ExperimentView view = ExperimentView.EMPTY;

  @Override
  public long revision() {
    return view.revision();
  }

  /** All of it, as it is now. */
  ExperimentView view() {
    return view;
  }

  @Override
  public boolean apply(long forRevision, ExperimentChange change) {
    if (forRevision != revision() + 1 || ExperimentRules.objection(view, change).isPresent()) {
      return false;
    }
    view = view.after(change);
    return true;
  }
}
