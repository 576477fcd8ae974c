package io.millrace.registry;

/** What a registry or one of its subjects lets clients do. */
public enum RegistryMode {
  READWRITE,
  /** Nothing can be registered or deleted. */
  READONLY,
  /** As {@link #READONLY}; set globally it holds for subjects with a mode of their own too. */
  READONLY_OVERRIDE,
  /** Ids and versions are given by the client; compatibility is not looked at. */
  IMPORT
}
