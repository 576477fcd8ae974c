package io.millrace.schema;

import java.util.List;

/**
 * The subjects under which producers register the records of a topic, by the strategies of
 * Confluent's clients: record name, topic name, topic and record name.
 */
public record SubjectNames(String topic) {

  /** Of one record by its full name; Millrace's own strategy, the record's name, is the first. */
  public List<String> of(String record) {
    return List.of(record, topic + "-value", topic + "-" + record);
  }
}
