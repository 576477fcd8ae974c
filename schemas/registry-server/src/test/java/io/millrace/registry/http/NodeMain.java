package io.millrace.registry.http;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.registry.RegistryService;
import io.millrace.schema.SchemaRules;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** A broker or a registry as a process of its own, to be killed. */
final class NodeMain {
  private NodeMain() {}

  /** {@code broker FOLDER CLUSTER_ID PORT CONTROLLER_PORT}, or {@code registry PORT BOOTSTRAP}. */
  public static void main(String[] args) throws InterruptedException {
    if (args[0].equals("broker")) {
      String address = "127.0.0.1:" + args[3];
      String controller = "127.0.0.1:" + args[4];
      // A broker that was killed is taken for alive until its session ends, and must wait for that.
      new EmbeddedKafka(
              Path.of(args[1]),
              args[2],
              Map.of(
                  "listeners", "PLAINTEXT://" + address + ",CONTROLLER://" + controller,
                  "advertised.listeners", "PLAINTEXT://" + address,
                  "controller.quorum.voters", "1@" + controller,
                  "broker.session.timeout.ms", "3000",
                  "broker.heartbeat.interval.ms", "500"))
          .start();
    } else {
      Map<String, Object> client = Map.of("bootstrap.servers", args[2]);
      TopicAdmin.createSchemas(client, Topics.DEFAULT, 1);
      RegistryService registry =
          RegistryService.onKafka(
              client,
              Topics.DEFAULT.schemas(),
              Clock.systemUTC(),
              Duration.ofSeconds(10),
              SchemaRules.NONE);
      registry.catchUp();
      RegistryServer.start(RegistryServerConfig.local(Integer.parseInt(args[1])), registry);
    }
    System.out.println("up");
    Thread.currentThread().join();
  }
}
