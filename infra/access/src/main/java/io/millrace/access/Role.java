package io.millrace.access;

import java.util.Locale;

/** What a user may do; each role may do all that the ones before it may. */
public enum Role {
  /** Ask; the rankings that are asked for are logged as shown. */
  READ,
  /** Send events; register schemas. */
  WRITE,
  /** Delete, and change settings and modes. */
  ADMIN;

  /** Whether who has this role may do what asks for the other. */
  public boolean includes(Role other) {
    return compareTo(other) >= 0;
  }

  /** As a file of users has it, for example {@code write}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of a word; {@code register} is {@code write}.
   *
   * @throws IllegalArgumentException naming those that there are
   */
  static Role of(String word) {
    if (word.equals("register")) {
      return WRITE;
    }
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException("role '%s', expected read, write or admin".formatted(word));
  }
}
