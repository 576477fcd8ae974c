package io.millrace.cli;

import io.millrace.feature.FeatureSchema;
import io.millrace.replay.Evolution;
import io.millrace.replay.Replay;
import io.millrace.replay.ReplayReport;
import io.millrace.replay.ReplaySettings;
import io.millrace.replay.SourceSettings;
import io.millrace.settings.Required;
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
  @Mixin private SettingsOptions settings;

  @Mixin private FeatureSource source;

  @Mixin private ModelOptions model;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Sets("orderBy")
  @Option(names = "--order-by", description = "Column to sort the file by first, in memory.")
  private @Nullable String orderBy;

  @Sets("evolution.addFeature")
  @Option(
      names = "--add-feature",
      description = "A feature that events have only from --evolve-at on.")
  private @Nullable String addFeature;

  @Sets("evolution.at")
  @Option(
      names = "--evolve-at",
      description = "Share of the rows without --add-feature; 1 leaves it out (default: 0.5).")
  private @Nullable String evolveAt;

  @Sets("dataDir")
  @Option(
      names = "--data-dir",
      description = "Where everything is kept (default: millrace-data/replay).")
  private @Nullable String dataDir;

  @Sets("report")
  @Option(names = "--report", description = "Writes the figures to this file as JSON.")
  private @Nullable String report;

  @Sets("file")
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "The file; .xz, .gz and .zst are read as they are.")
  private @Nullable String file;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ReplaySettings replay = settings.read(ReplaySettings.DEFAULT);
    Path replayed = Required.given(replay.file(), "file", "FILE");
    SourceSettings holds = replay.source();
    var unused = holds.fileFormat();
    ReportFile.check(replay.report());
    try (DataDirectory directory = DataDirectory.open(replay.dataDir())) {
      ProcessHome.enter(directory);
      FeatureSchema features = holds.featureSchema();
      ReplaySettings.Added added = replay.evolution();
      Evolution evolution =
          added
              .addFeature()
              .map(feature -> Evolution.adding(feature, features, added.at()))
              .orElse(null);
      ReplayReport result =
          new Replay(
                  directory,
                  new Replay.Source(
                      replayed,
                      holds.fileFormat(),
                      features,
                      holds.labelOf(features),
                      replay.orderBy().orElse(null),
                      evolution),
                  new StreamModels(replay.model(), replay.from(), replay.compute())
                      .model(evolution == null ? features : evolution.before()),
                  replay.compute(),
                  System.out)
              .run();
      if (replay.report().isPresent()) {
        result.write(replay.report().get());
      }
    }
    return 0;
  }
}
