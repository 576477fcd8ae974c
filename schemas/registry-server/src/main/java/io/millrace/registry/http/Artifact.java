package io.millrace.registry.http;

import org.jspecify.annotations.Nullable;

/**
 * What Apicurio calls a subject. An artifact of the group {@code default} is the subject of its id;
 * one of another group is {@code GROUP:ID}, as in Apicurio's own Confluent-compatible API.
 */
record Artifact(String group, String id) {
  private static final String DEFAULT_GROUP = "default";

  static Artifact of(String subject) {
    int colon = subject.indexOf(':');
    return colon < 1
        ? new Artifact(DEFAULT_GROUP, subject)
        : new Artifact(subject.substring(0, colon), subject.substring(colon + 1));
  }

  String subject() {
    return group.equals(DEFAULT_GROUP) ? id : group + ":" + id;
  }

  /** The group, null for the default one: API 2 does not name it. */
  @Nullable String groupOrNull() {
    return group.equals(DEFAULT_GROUP) ? null : group;
  }
}
