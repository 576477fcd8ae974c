package io.millrace.registry;

import java.util.Objects;

/**
 * A named type that a schema takes from another subject.
 *
 * @param name full name of the type
 * @param subject where it is registered
 * @param version of that subject, at least 1
 */
public record SchemaReference(String name, String subject, int version) {
  public SchemaReference {
    Objects.requireNonNull(name);
    Objects.requireNonNull(subject);
  }
}
