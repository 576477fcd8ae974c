package io.millrace.cli;

import io.millrace.feature.FeatureEncoder;
import io.millrace.metrics.Metrics;
import io.millrace.offline.EvaluateSettings;
import io.millrace.replay.ExampleFile;
import io.millrace.replay.SourceFile;
import io.millrace.settings.Required;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Judges a trained model on a file of examples.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class EvaluateCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;

  @Mixin private FeatureSource features;

  @Mixin private EngineOption engine;

  @Sets("from")
  @Option(
      names = "--from",
      description = "Folder that 'millrace train' wrote (default: millrace-data/model).")
  private @Nullable String from;

  @Sets("file")
  @Parameters(paramLabel = "FILE", arity = "0..1", description = "Labelled examples.")
  private @Nullable String file;

  @Override
  public Integer call() throws IOException {
    EvaluateSettings given = settings.read(EvaluateSettings.DEFAULT);
    Path judgedOn = Required.given(given.file(), "file", "FILE");
    TrainedModel model = TrainedFolder.read(given.from());
    SourceFile judged = SourceFile.of(judgedOn, given.source(), model.schema());
    judged.describe().forEach(System.out::println);
    LabeledExamples examples = new ExampleFile(judged).read(FeatureEncoder.compile(model.schema()));
    Metrics metrics = model.evaluate(examples, given.engine());
    System.out.printf(
        Locale.ROOT,
        "%s: examples %,d  positives %,d  AUC %.5f  logloss %.5f  normalized entropy %.5f"
            + "  predicted/actual %.4f  Brier %.5f  ECE %.5f  MCE %.5f  KS %.5f%n",
        model.config().kind(),
        metrics.examples(),
        metrics.positives(),
        metrics.auc(),
        metrics.logloss(),
        metrics.normalizedEntropy(),
        metrics.calibration(),
        metrics.brier(),
        metrics.ece(),
        metrics.mce(),
        metrics.ks());
    return 0;
  }
}
