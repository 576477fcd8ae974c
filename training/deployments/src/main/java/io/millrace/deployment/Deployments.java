package io.millrace.deployment;

import io.millrace.journal.JournalState;

/**
 * What the changes so far amount to. Changed by one thread at a time; {@link #view} may be kept.
 */
final class Deployments implements JournalState<DeploymentChange> {
  private DeploymentView view = DeploymentView.EMPTY;

  @Override
  public long revision() {
    return view.revision();
  }

  /** All of it, as it is now. */
  DeploymentView view() {
    return view;
  }

  @Override
  public boolean apply(long forRevision, DeploymentChange change) {
    if (forRevision != revision() + 1 || DeploymentRules.objection(view, change).isPresent()) {
      return false;
    }
    view = view.after(change);
    return true;
  }
}
