package io.millrace.registry;

/**
 * One version of a subject.
 *
 * @param version at least 1
 * @param id of its content, at least 1
 * @param deleted softly: it is hidden, but its id still answers
 */
public record SchemaVersion(
    String subject, int version, int id, SchemaContent content, boolean deleted) {

  SchemaVersion asDeleted() {
    return new SchemaVersion(subject, version, id, content, true);
  }
}
