package io.millrace.registry;

import org.jspecify.annotations.Nullable;

/** Everything that can happen to a registry. */
sealed interface RegistryChange {

  /** A subject gets a version; the id is new, or that of an equal content. */
  record AddVersion(String subject, int version, int id, SchemaContent content)
      implements RegistryChange {}

  /** A version is hidden; or, if it was hidden and {@code permanent}, forgotten. */
  record DeleteVersion(String subject, int version, boolean permanent) implements RegistryChange {}

  /** All versions of a subject are hidden; or, if {@code permanent}, forgotten. */
  record DeleteSubject(String subject, boolean permanent) implements RegistryChange {}

  /** Settings of a subject (null: of all) are set, or removed if {@code config} is null. */
  record SetConfig(@Nullable String subject, @Nullable SubjectConfig config)
      implements RegistryChange {}

  /** The mode of a subject (null: of all) is set, or removed if {@code mode} is null. */
  record SetMode(@Nullable String subject, @Nullable RegistryMode mode) implements RegistryChange {}
}
