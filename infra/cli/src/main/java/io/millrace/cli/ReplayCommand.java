package io.millrace.cli;

import io.millrace.replay.Evolution;
import io.millrace.replay.Replay;
import io.millrace.replay.ReplaySettings;
import io.millrace.replay.SourceFile;
import io.millrace.settings.Required;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.ReportFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
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
  /** A larger share of rejected rows is warned of. */
  private static final double FEW = 0.01;

  @Mixin private SettingsOptions settings;

  @Mixin private FeatureSource features;

  @Mixin private ModelOptions model;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Sets("orderBy")
  @Option(
      names = "--order-by",
      description =
          "Column to sort the file by first; without it rows with an event time are sorted by that.")
  private @Nullable String orderBy;

  @Sets("maxRejected")
  @Option(
      names = "--max-rejected",
      paramLabel = "SHARE",
      description = "Exit status 1 if more of the rows than this were rejected (default: 1).")
  private @Nullable String maxRejected;

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
      description = "Any table of examples; what it is, is found from its bytes.")
  private @Nullable String file;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ReplaySettings replay = settings.read(ReplaySettings.DEFAULT);
    Path replayed = Required.given(replay.file(), "file", "FILE");
    ReportFile.check(replay.report());
    try (DataDirectory directory = DataDirectory.open(replay.dataDir())) {
      ProcessHome.enter(directory);
      directory.useFor("replay");
      SourceFile source = SourceFile.of(replayed, replay.source());
      ReplaySettings.Added added = replay.evolution();
      Evolution evolution =
          added
              .addFeature()
              .map(feature -> Evolution.adding(feature, source.schema(), added.at()))
              .orElse(null);
      Replay whole =
          new Replay(
              directory,
              new Replay.Source(source, replay.orderBy(), evolution),
              new StreamModels(replay.model(), replay.from(), replay.compute())
                  .model(evolution == null ? source.schema() : evolution.before()),
              replay.compute(),
              System.out);
      Replay.Result result = StoppedHint.during("the same command goes on", whole::run);
      if (replay.report().isPresent()) {
        Files.copy(result.report(), replay.report().get(), StandardCopyOption.REPLACE_EXISTING);
      }
      return status(result, replay.maxRejected());
    }
  }

  /** Says what share of the rows nothing was learned from, if it is more than a few. */
  private static int status(Replay.Result result, double most) {
    double share = result.rejectedShare();
    boolean tooMany = share > most || result.rejected() >= result.rows();
    if (tooMany || share > FEW) {
      System.err.printf(
          Locale.ROOT,
          "millrace: %s%,d of %,d rows were rejected (%.1f %%)%s%n",
          tooMany ? "" : "warning: ",
          result.rejected(),
          result.rows(),
          100 * share,
          tooMany && share < 1
              ? String.format(Locale.ROOT, ", more than --max-rejected %s", most)
              : "");
    }
    return tooMany ? Millrace.FAILURE : 0;
  }
}
