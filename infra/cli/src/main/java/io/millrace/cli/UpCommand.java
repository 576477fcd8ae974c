package io.millrace.cli;

import io.millrace.feature.FeatureSchema;
import io.millrace.replay.StreamModel;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.RegistryNode;
import io.millrace.standalone.UserError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs the platform for your own impressions and clicks until Ctrl-C.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class UpCommand implements Callable<Integer> {
  /** Between two looks at what labels say. */
  private static final long LOOK_MILLIS = 5_000;

  @Option(names = "--schema", required = true, description = "Annotated Avro schema (.avsc).")
  private Path schema;

  @Mixin private ModelOptions model;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Mixin private OutcomeOptions outcomes;

  @Option(names = "--port", description = "Of the server (default: ${DEFAULT-VALUE}).")
  private int port = 8080;

  @Mixin private RegistryOption registryOption;

  @Mixin private LogOptions log;

  @Option(
      names = "--data-dir",
      description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
  private Path dataDir = Path.of("millrace-data", "up");

  @Override
  public Integer call() throws InterruptedException {
    try (DataDirectory directory = DataDirectory.open(dataDir)) {
      ProcessHome.enter(directory);
      FeatureSchema features = FeatureSource.readSchema(schema);
      StreamModel learner = model.liveModel(null, features);
      PlatformConfig config =
          PlatformConfig.live(port, List.of(features), List.of(learner.config()), outcomes.rules())
              .withStarts(learner.starts())
              .withLog(log.config());
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
      try (Platform platform = Platform.start(directory, config);
          RegistryNode registry = registryOption.start(platform)) {
        System.out.printf(
            "server and console %s%nKafka %s%ndata %s%nCtrl-C stops%n",
            platform.server(), platform.client().get("bootstrap.servers"), directory.root());
        System.out.flush();
        LabelsLine labels = new LabelsLine(60_000);
        ServerClient client = new ServerClient(platform.server());
        long nextLook = 0;
        while (!stopped.await(500, TimeUnit.MILLISECONDS)) {
          if (System.currentTimeMillis() >= nextLook) {
            nextLook = System.currentTimeMillis() + LOOK_MILLIS;
            say(client, labels);
          }
          Optional<String> gaveUp = platform.gaveUp();
          if (gaveUp.isPresent()) {
            System.err.printf(
                "millrace: stopping, because %s%nmillrace: the data is in %s, details in %s%n",
                gaveUp.get(), directory.root(), directory.root().resolve("logs"));
            return Millrace.FAILURE;
          }
        }
        System.out.println("stopping; the data is in " + directory.root());
      } finally {
        closed.countDown();
      }
    }
    return 0;
  }

  private static void say(ServerClient client, LabelsLine labels) throws InterruptedException {
    try {
      labels.next(client.status(), System.currentTimeMillis()).ifPresent(System.out::println);
    } catch (UserError e) {
      // The server has its own ways to say what is wrong; the next look comes soon. No logger here:
      // a command's class is loaded before it is decided where logs go.
    }
  }
}
