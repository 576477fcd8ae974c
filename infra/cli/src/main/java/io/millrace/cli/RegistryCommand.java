package io.millrace.cli;

import io.millrace.access.Users;
import io.millrace.broker.EmbeddedKafka;
import io.millrace.feature.FeatureSchemaRules;
import io.millrace.registry.http.RegistryServerConfig;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.KafkaClientFile;
import io.millrace.standalone.RegistryNode;
import io.millrace.standalone.RegistrySettings;
import io.millrace.standalone.UserError;
import io.millrace.topic.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Mixin private SettingsOptions settings;

  @Sets("registry.host")
  @Option(names = "--host", description = "Address to listen on (default: 127.0.0.1).")
  private @Nullable String host;

  @Sets("registry.port")
  @Option(names = "--port", description = "Default: 8081; 0: a free one.")
  private @Nullable String port;

  @Sets("kafka.bootstrap")
  @Option(
      names = "--bootstrap",
      description = "Kafka brokers, host:port,...; without it a broker is started here.")
  private @Nullable String bootstrap;

  @Sets("kafka.clientConfig")
  @Option(
      names = "--client-config",
      description = "Properties file with more settings of the Kafka clients (TLS, SASL).")
  private @Nullable String clientConfig;

  @Sets("kafka.topicPrefix")
  @Option(
      names = "--topic-prefix",
      description = "Before the topic's name, which is 'schemas' (default: none).")
  private @Nullable String topicPrefix;

  @Sets("kafka.replication")
  @Option(
      names = "--replication",
      description = "Copies of the topic, if it is created now (default: 1).")
  private @Nullable String replication;

  @Sets("registry.users")
  @Option(
      names = "--users",
      description = "File of users; with it nobody else gets in (see 'registry user').")
  private @Nullable String users;

  @Sets("registry.tlsCertificate")
  @Option(names = "--tls-certificate", description = "PEM file; with it and --tls-key: HTTPS.")
  private @Nullable String certificate;

  @Sets("registry.tlsKey")
  @Option(names = "--tls-key", description = "PEM file (PKCS 8, no password).")
  private @Nullable String key;

  @Sets("registry.maxBodyBytes")
  @Option(names = "--max-body-bytes", description = "Larger requests are refused (default: 2 MiB).")
  private @Nullable String maxBodyBytes;

  @Sets("dataDir")
  @Option(
      names = "--data-dir",
      description = "Of the broker, if one is started here (default: millrace-data/registry).")
  private @Nullable String dataDir;

  @Override
  public Integer call() throws InterruptedException {
    RegistrySettings given = settings.read(RegistrySettings.DEFAULT);
    RegistrySettings.Service service = given.registry();
    RegistryServerConfig config =
        new RegistryServerConfig(
            service.host(),
            service.port(),
            service.maxBodyBytes(),
            service.requestTimeout(),
            readUsers(service),
            tls(service),
            "");
    RegistrySettings.Log log = given.kafka();
    if (log.bootstrap().isPresent()) {
      run(config, KafkaClientFile.client(log.bootstrap().get(), log.clientConfig()), log);
      return 0;
    }
    try (DataDirectory directory = DataDirectory.open(given.dataDir())) {
      ProcessHome.enter(directory);
      directory.useFor("registry");
      try (EmbeddedKafka kafka =
          new EmbeddedKafka(
                  directory.kafka(), directory.fixed("cluster.id", EmbeddedKafka.newClusterId()))
              .start()) {
        System.out.println("Kafka " + kafka.bootstrapServers());
        run(config, kafka.client(), log);
      }
    }
    return 0;
  }

  private static void run(
      RegistryServerConfig config, Map<String, Object> client, RegistrySettings.Log log)
      throws InterruptedException {
    try (CtrlC stopped = new CtrlC();
        RegistryNode node =
            RegistryNode.start(
                config,
                client,
                new Topics(log.topicPrefix()),
                log.replication(),
                new FeatureSchemaRules())) {
      System.out.printf("schema registry %s%nCtrl-C stops%n", node.address());
      stopped.await();
    }
  }

  private static Optional<Users> readUsers(RegistrySettings.Service service) {
    if (service.users().isEmpty()) {
      return Optional.empty();
    }
    Path file = service.users().get();
    try {
      return Optional.of(Users.read(file));
    } catch (IOException e) {
      throw new UserError("cannot read --users %s: %s".formatted(file, e));
    } catch (IllegalArgumentException e) {
      throw new UserError("--users: " + e.getMessage());
    }
  }

  private static Optional<RegistryServerConfig.Tls> tls(RegistrySettings.Service service) {
    return service
        .tlsCertificate()
        .flatMap(
            certificate ->
                service
                    .tlsKey()
                    .map(key -> new RegistryServerConfig.Tls(certificate.toFile(), key.toFile())));
  }
}
