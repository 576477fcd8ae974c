package io.millrace.ranking;

import io.millrace.metrics.LearnerFigures;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import java.util.Optional;

/** Where the versions of one model come from. Safe for use by many threads. */
public interface ModelSource extends AutoCloseable {

  /** The model. */
  String model();

  /** The version to answer with; empty until the first whole version has been seen. */
  Optional<ModelSnapshot> current();

  /** Whether everything that had been published when the source was opened is in. */
  boolean caughtUp();

  /** Why versions later than the current one are held back, in words; empty while none is. */
  default Optional<String> held() {
    return Optional.empty();
  }

  /** Why the newest version is stale, in words; empty while it is not. */
  default Optional<String> stale() {
    return Optional.empty();
  }

  /** What the learner said of itself last; empty before it is known. */
  Optional<LearnerFigures> figures();

  /** How long clicks took to become visible here. */
  Freshness.Summary freshness();

  @Override
  void close();
}
