package io.millrace.parameters;

import io.millrace.embedding.TableSnapshot;
import io.millrace.event.VersionManifest;

/**
 * The table of a model of which nothing has been learned: what a manifest's model config and
 * feature schema say about size and initial values. Models are defined elsewhere.
 */
@FunctionalInterface
public interface InitialTable {
  /**
   * @throws IllegalArgumentException if the manifest's model config or feature schema is not valid
   */
  TableSnapshot of(VersionManifest manifest);
}
