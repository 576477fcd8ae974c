package io.millrace.cli;

import io.millrace.feature.FeatureSchema;
import io.millrace.replay.Evolution;
import io.millrace.replay.Replay;
import io.millrace.replay.ReplayReport;
import io.millrace.standalone.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Streams a file through the platform, as fast as it is learned from.",
      "Each example is predicted before it is learned: the metrics are progressive.",
      "A replay that was stopped goes on where it was with the same --data-dir."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ReplayCommand implements Callable<Integer> {
  @Mixin private FeatureSource source;

  @Mixin private ModelOptions model;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Option(names = "--order-by", description = "Column to sort the file by first, in memory.")
  private @Nullable String orderBy;

  @Option(
      names = "--add-feature",
      description = "A feature that events have only from --evolve-at on.")
  private @Nullable String addFeature;

  @Option(
      names = "--evolve-at",
      description =
          "Share of the rows without --add-feature; 1 leaves it out (default: ${DEFAULT-VALUE}).")
  private double evolveAt = 0.5;

  @Option(
      names = "--data-dir",
      description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
  private Path dataDir = Path.of("millrace-data", "replay");

  @Option(names = "--report", description = "Writes the figures to this file as JSON.")
  private @Nullable Path report;

  @Parameters(
      paramLabel = "FILE",
      description = "The file; .xz, .gz and .zst are read as they are.")
  private Path file;

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (DataDirectory directory = DataDirectory.open(dataDir)) {
      ProcessHome.enter(directory);
      FeatureSchema features = source.schema();
      Evolution evolution =
          addFeature == null ? null : Evolution.adding(addFeature, features, evolveAt);
      ReplayReport result =
          new Replay(
                  directory,
                  new Replay.Source(
                      file, source.format(), features, source.label(features), orderBy, evolution),
                  model.model(null, evolution == null ? features : evolution.before()),
                  System.out)
              .run();
      if (report != null) {
        result.write(report);
      }
    }
    return 0;
  }
}
