package io.millrace.registry;

/** Which versions, or subjects, a list holds. */
public enum VersionFilter {
  /** Those that are not deleted. */
  LIVE,
  /** Those that are not forgotten. */
  ALL,
  /** Those that are hidden, not forgotten; a subject is if all its versions are. */
  DELETED;

  boolean admits(SchemaVersion version) {
    return this == ALL || (this == DELETED) == version.deleted();
  }
}
