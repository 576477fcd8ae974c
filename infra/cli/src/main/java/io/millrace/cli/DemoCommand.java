package io.millrace.cli;

import io.millrace.demo.Demo;
import io.millrace.demo.DemoConfig;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.serving.http.ServerSettings;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.LabelSettings;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.PlatformSettings;
import io.millrace.standalone.RegistryNode;
import io.millrace.standalone.StreamModel;
import io.millrace.world.WorldConfig;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs the whole platform and a simulated ad market that uses it.",
      "The market's true click probabilities are known: the page on localhost compares the answers",
      "with them. Ctrl-C stops; the same --data-dir goes on."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
  private static final String MODEL = "ads";

  @Mixin private SettingsOptions settings;

  @Sets("market.seed")
  @Option(names = "--seed", description = "Of the market (default: 1).")
  private @Nullable String seed;

  @Sets("market.rate")
  @Option(names = "--rate", description = "Ads shown per second (default: 200).")
  private @Nullable String rate;

  @Sets(value = "market.duration", seconds = true)
  @Option(
      names = "--duration",
      description =
          "How long to run, as 90s or 10m; a number alone is seconds (default: until Ctrl-C).")
  private @Nullable String duration;

  @Mixin private ModelOptions model;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Sets("server.port")
  @Option(names = "--port", description = "Of server and page (default: 8080).")
  private @Nullable String port;

  @Mixin private RegistryOption registryOption;

  @Sets("dataDir")
  @Option(
      names = "--data-dir",
      description = "Where everything is kept (default: millrace-data/demo).")
  private @Nullable String dataDir;

  @Override
  public Integer call() throws IOException, InterruptedException {
    DemoSettings demo = settings.read(DemoSettings.defaults(ServerSettings.defaults()));
    try (DataDirectory directory = DataDirectory.open(demo.dataDir())) {
      ProcessHome.enter(directory);
      CountDownLatch ended = new CountDownLatch(1);
      AtomicReference<@Nullable Demo> running = new AtomicReference<>();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running, ended)));
      try {
        return ProcessHome.run(
            directory, () -> running.get() != null, () -> run(demo, directory, running));
      } finally {
        if (running.get() != null) {
          System.out.println("stopped; the data is in " + directory.root());
        }
        ended.countDown();
      }
    }
  }

  private static void stop(AtomicReference<@Nullable Demo> running, CountDownLatch ended) {
    Demo demo = running.get();
    if (demo != null) {
      demo.stop();
      try {
        ended.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static int run(
      DemoSettings settings, DataDirectory directory, AtomicReference<@Nullable Demo> running)
      throws InterruptedException {
    directory.useFor("demo");
    WorldConfig world = WorldConfig.defaults(settings.market().seed());
    FeatureSchema schema = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);
    PlatformSettings platformSettings = settings.platform();
    StreamModel learner =
        new StreamModels(settings.model(), settings.from(), platformSettings.compute())
            .liveModel(MODEL, schema);
    PlatformConfig platformConfig =
        PlatformConfig.live(
                platformSettings, List.of(schema), List.of(learner), LabelSettings.DEFAULT.rules())
            .withWindow(world.attributionWindow(), Duration.ofMinutes(1))
            .withExtraStatus(
                () -> {
                  Demo demo = running.get();
                  return demo == null
                      ? List.of()
                      : demo.figures().map(DemoStatus::of).orElse(List.of());
                });
    DemoConfig config =
        new DemoConfig(world, settings.market().rate(), settings.market().duration(), MODEL, 64);
    try (Platform platform = Platform.start(directory, platformConfig);
        RegistryNode registry = RegistryOption.start(settings.registry(), platform);
        Demo demo =
            new Demo(
                config,
                platform.server(),
                platform.client(),
                platform.topics(),
                platform.registry(),
                Clock.systemUTC(),
                System.out,
                System.console() != null)) {
      System.out.printf("console %s%n", platform.server());
      running.set(demo);
      ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor();
      watch.scheduleWithFixedDelay(
          () -> platform.gaveUp().ifPresent(why -> demo.stop()), 1, 1, TimeUnit.SECONDS);
      try {
        System.out.println(demo.run().table());
      } finally {
        watch.shutdownNow();
      }
      platform.gaveUp().ifPresent(why -> System.err.println("millrace: stopped, because " + why));
      return platform.gaveUp().isPresent() ? Millrace.FAILURE : 0;
    }
  }
}
