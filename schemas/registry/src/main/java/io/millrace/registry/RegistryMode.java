package io.millrace.registry;

import org.jspecify.annotations.Nullable;

/** What a registry or one of its subjects lets clients do. */
public enum RegistryMode {
  READWRITE,
  /** Nothing can be registered or deleted. */
  READONLY,
  /** As {@link #READONLY}; set globally it holds for subjects with a mode of their own too. */
  READONLY_OVERRIDE,
  /** Ids and versions are given by the client; compatibility is not looked at. */
  IMPORT;

  /**
   * Refuses changes where this mode does.
   *
   * @param subject whose mode this is, null for all
   */
  void requireWritable(@Nullable String subject) {
    if (this == READONLY || this == READONLY_OVERRIDE) {
      throw new RegistryException(
          RegistryError.NOT_PERMITTED,
          subject == null
              ? "The registry is in read-only mode"
              : "Subject '%s' is in read-only mode".formatted(subject));
    }
  }
}
