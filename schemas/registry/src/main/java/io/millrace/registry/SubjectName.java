package io.millrace.registry;

/** What a subject may be called. */
final class SubjectName {
  private static final int MAX_CHARS = 1_000;

  private SubjectName() {}

  /**
   * Refuses what can't be a subject's name.
   *
   * @throws RegistryException naming the name and what was expected
   */
  static void check(String subject) {
    if (subject.isEmpty()
        || subject.length() > MAX_CHARS
        || subject.startsWith(":")
        || subject.equals("__GLOBAL")
        || subject.equals("__EMPTY")
        || subject.chars().anyMatch(Character::isISOControl)) {
      throw new RegistryException(
          RegistryError.INVALID_SUBJECT,
          ("The specified subject '%s' is not a valid subject: expected 1 to %d characters, no"
                  + " control characters, and no context (a ':' at the start)")
              .formatted(
                  subject.length() > 100 ? subject.substring(0, 100) + "..." : subject, MAX_CHARS));
    }
  }
}
