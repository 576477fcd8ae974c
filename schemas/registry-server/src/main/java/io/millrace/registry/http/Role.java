package io.millrace.registry.http;

/** What a user may do; each role may do all that the ones before it may. */
public enum Role {
  /** Ask. */
  READ,
  /** Register schemas. */
  REGISTER,
  /** Delete, and change settings and modes. */
  ADMIN;

  boolean includes(Role other) {
    return compareTo(other) >= 0;
  }
}
