package io.millrace.cli;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.feature.FeatureSchemaRules;
import io.millrace.registry.http.RegistryServerConfig;
import io.millrace.registry.http.Users;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.RegistryNode;
import io.millrace.standalone.UserError;
import io.millrace.topic.Topics;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "registry",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = RegistryUserCommand.class,
    description = {
      "Runs the schema registry alone until Ctrl-C, with the REST API of Confluent's registry.",
      "Any number may run on one cluster; each takes registrations. See docs/reference/registry.md."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class RegistryCommand implements Callable<Integer> {
  @Option(names = "--host", description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(names = "--port", description = "Default: ${DEFAULT-VALUE}; 0: a free one.")
  private int port = 8081;

  @Option(
      names = "--bootstrap",
      description = "Kafka brokers, host:port,...; without it a broker is started here.")
  private @Nullable String bootstrap;

  @Option(
      names = "--client-config",
      description = "Properties file with more settings of the Kafka clients (TLS, SASL).")
  private @Nullable Path clientConfig;

  @Option(
      names = "--topic-prefix",
      description = "Before the topic's name, which is 'schemas' (default: none).")
  private String topicPrefix = "";

  @Option(
      names = "--replication",
      description = "Copies of the topic, if it is created now (default: ${DEFAULT-VALUE}).")
  private int replication = 1;

  @Option(
      names = "--users",
      description = "File of users; with it nobody else gets in (see 'registry user').")
  private @Nullable Path users;

  @Option(names = "--tls-certificate", description = "PEM file; with it and --tls-key: HTTPS.")
  private @Nullable File certificate;

  @Option(names = "--tls-key", description = "PEM file (PKCS 8, no password).")
  private @Nullable File key;

  @Option(
      names = "--max-body-bytes",
      description = "Larger requests are refused (default: ${DEFAULT-VALUE}).")
  private int maxBodyBytes = 2 << 20;

  @Option(
      names = "--data-dir",
      description = "Of the broker, if one is started here (default: ${DEFAULT-VALUE}).")
  private Path dataDir = Path.of("millrace-data", "registry");

  @Override
  public Integer call() throws InterruptedException {
    RegistryServerConfig config =
        new RegistryServerConfig(
            host, port, maxBodyBytes, Duration.ofSeconds(15), readUsers(), tls(), "");
    if (bootstrap != null) {
      Map<String, Object> client = clientProperties();
      client.put("bootstrap.servers", bootstrap);
      run(config, client);
      return 0;
    }
    try (DataDirectory directory = DataDirectory.open(dataDir)) {
      ProcessHome.enter(directory);
      try (EmbeddedKafka kafka =
          new EmbeddedKafka(
                  directory.kafka(), directory.fixed("cluster.id", EmbeddedKafka.newClusterId()))
              .start()) {
        System.out.println("Kafka " + kafka.bootstrapServers());
        run(config, kafka.client());
      }
    }
    return 0;
  }

  private void run(RegistryServerConfig config, Map<String, Object> client)
      throws InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stopped.countDown();
                  try {
                    closed.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    try (RegistryNode node =
        RegistryNode.start(
            config, client, new Topics(topicPrefix), replication, new FeatureSchemaRules())) {
      System.out.printf("schema registry %s%nCtrl-C stops%n", node.address());
      stopped.await();
    } finally {
      closed.countDown();
    }
  }

  private Map<String, Object> clientProperties() {
    Map<String, Object> client = new HashMap<>();
    if (clientConfig != null) {
      Properties properties = new Properties();
      try (InputStream in = Files.newInputStream(clientConfig)) {
        properties.load(in);
      } catch (IOException e) {
        throw new UserError("cannot read --client-config %s: %s".formatted(clientConfig, e));
      }
      properties.stringPropertyNames().forEach(n -> client.put(n, properties.getProperty(n)));
    }
    return client;
  }

  private Optional<Users> readUsers() {
    if (users == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Users.read(users));
    } catch (IOException e) {
      throw new UserError("cannot read --users %s: %s".formatted(users, e));
    } catch (IllegalArgumentException e) {
      throw new UserError("--users: " + e.getMessage());
    }
  }

  private Optional<RegistryServerConfig.Tls> tls() {
    if (certificate == null && key == null) {
      return Optional.empty();
    }
    if (certificate == null || key == null) {
      throw new UserError("--tls-certificate and --tls-key, expected both or none");
    }
    return Optional.of(new RegistryServerConfig.Tls(certificate, key));
  }
}
