package io.millrace.topic;

import java.io.Serializable;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * How the clients of a job reach Kafka: the brokers, and what each connection to them needs (TLS,
 * SASL, time-outs). It travels with the job.
 *
 * @param properties Kafka client properties by name, at least {@code bootstrap.servers}
 */
public record KafkaAccess(Map<String, String> properties) implements Serializable {

  public KafkaAccess {
    if (!properties.containsKey("bootstrap.servers")) {
      throw new IllegalArgumentException(
          "properties: no bootstrap.servers among " + new TreeMap<>(properties).keySet());
    }
    properties = Map.copyOf(properties);
  }

  /** Brokers that ask for nothing, {@code host:port,...}. */
  public static KafkaAccess of(String bootstrap) {
    return new KafkaAccess(Map.of("bootstrap.servers", bootstrap));
  }

  /** The same as properties of a client in this process. */
  public static KafkaAccess of(Map<String, ?> client) {
    Map<String, String> texts = new HashMap<>();
    client.forEach((name, value) -> texts.put(name, String.valueOf(value)));
    return new KafkaAccess(texts);
  }

  /** Properties of a client; a new map at each call, to be added to. */
  public Map<String, Object> client() {
    return new HashMap<>(properties);
  }

  /** As {@link #client}, in the type that Flink's connectors take. */
  public Properties asProperties() {
    Properties all = new Properties();
    all.putAll(properties);
    return all;
  }

  /** The names of the properties alone, for values may be secret. */
  @Override
  public String toString() {
    return "KafkaAccess" + new TreeMap<>(properties).keySet();
  }
}
