package io.millrace.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.access.Users;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.SchemaRemarks;
import io.millrace.replay.SourceSettings;
import io.millrace.serving.http.ServerSettings;
import io.millrace.settings.Required;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.RegistryNode;
import io.millrace.standalone.StreamModel;
import io.millrace.standalone.UpSettings;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
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
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Between two looks at what labels say. */
  private static final long LOOK_MILLIS = 5_000;

  @Mixin private SettingsOptions settings;

  @Sets("schema")
  @Option(names = "--schema", description = "Annotated Avro schema (.avsc).")
  private @Nullable String schema;

  @Mixin private ModelOptions model;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Mixin private OutcomeOptions outcomes;

  @Sets("server.port")
  @Option(names = "--port", description = "Of the server (default: 8080).")
  private @Nullable String port;

  @Sets("server.host")
  @Option(
      names = "--host",
      description =
          "Address that the server listens on (default: 127.0.0.1); others ask for --users.")
  private @Nullable String host;

  @Sets("server.users")
  @Option(
      names = "--users",
      paramLabel = "FILE",
      description = "Users and their roles; with it the server answers nobody else.")
  private @Nullable String users;

  @Mixin private RegistryOption registryOption;

  @Mixin private LogOptions log;

  @Sets("dataDir")
  @Option(
      names = "--data-dir",
      description = "Where everything is kept (default: millrace-data/up).")
  private @Nullable String dataDir;

  @Override
  public Integer call() throws InterruptedException, IOException {
    UpSettings up = settings.read(UpSettings.defaults(ServerSettings.defaults()));
    Path schemaFile = Required.given(up.schema(), "schema", "--schema");
    up.server().users().ifPresent(UpCommand::checkUsers);
    AtomicBoolean begun = new AtomicBoolean();
    try (DataDirectory directory = DataDirectory.open(up.dataDir())) {
      ProcessHome.enter(directory);
      return ProcessHome.run(directory, begun::get, () -> run(up, schemaFile, directory, begun));
    }
  }

  private static int run(
      UpSettings up, Path schemaFile, DataDirectory directory, AtomicBoolean begun)
      throws IOException, InterruptedException {
    directory.useFor("up");
    FeatureSchema features = SourceSettings.readSchema(schemaFile);
    StreamModel learner =
        new StreamModels(up.model(), up.from(), up.platform().compute()).liveModel(null, features);
    PlatformConfig config =
        PlatformConfig.live(
            up.platform(), List.of(features), List.of(learner), up.labels().rules());
    try (CtrlC stopped = new CtrlC();
        Platform platform = Platform.start(directory, config);
        RegistryNode registry = RegistryOption.start(up.registry(), platform)) {
      begun.set(true);
      System.out.printf(
          "server and console %s%nKafka %s%ndata %s%nCtrl-C stops%n%n",
          platform.server(), platform.client().get("bootstrap.servers"), directory.root());
      SchemaRemarks.of(features).forEach(remark -> System.out.println("note: " + remark));
      String curl = up.server().users().isPresent() ? "curl -s -u NAME:PASSWORD" : "curl -s";
      FirstSteps.of(curl, platform.server(), features).forEach(System.out::println);
      System.out.flush();
      return watch(platform, directory, stopped);
    }
  }

  /** Until it is stopped, or a part of it has failed for good. */
  private static int watch(Platform platform, DataDirectory directory, CtrlC stopped)
      throws IOException, InterruptedException {
    LabelsLine labels = new LabelsLine(60_000);
    long nextLook = 0;
    while (!stopped.await(500)) {
      if (System.currentTimeMillis() >= nextLook) {
        nextLook = System.currentTimeMillis() + LOOK_MILLIS;
        say(platform, labels);
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
    return 0;
  }

  private static void checkUsers(Path file) {
    try {
      var unused = Users.read(file);
    } catch (IOException e) {
      throw new UserError("--users %s: no file that can be read".formatted(file));
    } catch (IllegalArgumentException e) {
      throw new UserError("--users " + e.getMessage());
    }
  }

  private static void say(Platform platform, LabelsLine labels) throws IOException {
    labels
        .next(JSON.readTree(platform.status()), System.currentTimeMillis())
        .ifPresent(System.out::println);
  }
}
