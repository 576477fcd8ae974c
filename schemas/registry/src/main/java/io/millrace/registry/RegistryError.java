package io.millrace.registry;

/** What a registry refuses, with the codes that its clients know. */
public enum RegistryError {
  INCOMPATIBLE(409),
  SUBJECT_NOT_FOUND(40401),
  VERSION_NOT_FOUND(40402),
  SCHEMA_NOT_FOUND(40403),
  SUBJECT_SOFT_DELETED(40404),
  SUBJECT_NOT_SOFT_DELETED(40405),
  VERSION_SOFT_DELETED(40406),
  VERSION_NOT_SOFT_DELETED(40407),
  CONFIG_NOT_SET(40408),
  MODE_NOT_SET(40409),
  INVALID_REQUEST(422),
  INVALID_SCHEMA(42201),
  INVALID_VERSION(42202),
  INVALID_LEVEL(42203),
  INVALID_MODE(42204),
  NOT_PERMITTED(42205),
  REFERENCED(42206),
  INVALID_SUBJECT(42208);

  private final int code;

  RegistryError(int code) {
    this.code = code;
  }

  /** The code in the answer's body. */
  public int code() {
    return code;
  }

  /** The HTTP status that it goes with. */
  public int status() {
    return code < 1000 ? code : code / 100;
  }
}
