package io.millrace.standalone;

import io.millrace.feature.NearestName;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The properties file that Kafka's own tools take as {@code --command-config}: what each client
 * needs to reach the brokers. It may hold the settings that consumers, producers and admin clients
 * share (TLS, SASL, time-outs, buffers of connections); how records are read and written is the
 * platform's own affair.
 */
public final class KafkaClientFile {
  private static final String BOOTSTRAP = "bootstrap.servers";
  private static final Set<String> SHARED = shared();

  private KafkaClientFile() {}

  /**
   * Properties of the clients of a Kafka that runs elsewhere; the caller may change the map.
   *
   * @param bootstrap brokers, {@code host:port,...}
   * @param file with more of them
   * @throws UserError if the file cannot be read, or holds something else
   */
  public static Map<String, Object> client(String bootstrap, Optional<Path> file) {
    Map<String, Object> client = new HashMap<>();
    if (file.isPresent()) {
      Properties given = read(file.get());
      for (String name : new TreeSet<>(given.stringPropertyNames())) {
        check(file.get(), name, bootstrap, given.getProperty(name));
        client.put(name, given.getProperty(name));
      }
    }
    client.put(BOOTSTRAP, bootstrap);
    return client;
  }

  private static void check(Path file, String name, String bootstrap, String value) {
    if (name.equals(BOOTSTRAP)) {
      if (!value.equals(bootstrap)) {
        throw new UserError(
            "--client-config %s: %s=%s, but --bootstrap says %s; expected one address"
                .formatted(file, name, value, bootstrap));
      }
      return;
    }
    // SASL and TLS plug-ins read names of their own, which Kafka passes on.
    if (SHARED.contains(name) || name.startsWith("sasl.") || name.startsWith("ssl.")) {
      return;
    }
    throw new UserError(
        "--client-config %s: %s, expected a setting that all Kafka clients share (security.protocol, sasl.…, ssl.…, …)%s"
            .formatted(file, name, hint(name)));
  }

  private static String hint(String name) {
    return NearestName.find(name, SHARED).map(near -> ", did you mean '" + near + "'?").orElse("");
  }

  private static Set<String> shared() {
    Set<String> names = new TreeSet<>(AdminClientConfig.configNames());
    names.retainAll(ConsumerConfig.configNames());
    names.retainAll(ProducerConfig.configNames());
    names.remove("client.id");
    return names;
  }

  private static Properties read(Path file) {
    Properties properties = new Properties();
    try (Reader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(in);
      return properties;
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError(
          "cannot read --client-config %s: %s, expected a properties file (name=value)"
              .formatted(file, DataDirectory.words(e)));
    }
  }
}
