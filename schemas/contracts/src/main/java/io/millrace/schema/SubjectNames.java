package io.millrace.schema;

import java.util.List;

/**
 * The subjects under which producers register the records of a topic.
 *
 * @param topic the topic's name
 * @param patterns names in which <code>{topic}</code> and <code>{record}</code> stand for the
 *     topic's and the record's full name; at least one
 */
public record SubjectNames(String topic, List<String> patterns) {

  /**
   * The strategies of Confluent's clients: record name, topic name, topic and record name. The
   * first is Millrace's own.
   */
  public static final List<String> STRATEGIES =
      List.of("{record}", "{topic}-value", "{topic}-{record}");

  public SubjectNames {
    check(patterns);
    patterns = List.copyOf(patterns);
  }

  /**
   * Checks patterns before there is a topic.
   *
   * @throws IllegalArgumentException with the pattern that names no subject
   */
  public static void check(List<String> patterns) {
    if (patterns.isEmpty()) {
      throw new IllegalArgumentException(
          "subjects: none, expected at least one of " + String.join(", ", STRATEGIES));
    }
    for (String pattern : patterns) {
      String rest = pattern.replace("{topic}", "").replace("{record}", "");
      if (pattern.isBlank() || rest.contains("{") || rest.contains("}")) {
        throw new IllegalArgumentException(
            "subjects: \"%s\", expected the name of a subject, in which {topic} and {record} stand for those of an event"
                .formatted(pattern));
      }
    }
  }

  /** Those of one record by its full name. */
  public List<String> of(String record) {
    return patterns.stream()
        .map(pattern -> pattern.replace("{topic}", topic).replace("{record}", record))
        .distinct()
        .toList();
  }
}
