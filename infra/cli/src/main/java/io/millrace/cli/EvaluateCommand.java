package io.millrace.cli;

import io.millrace.feature.FeatureEncoder;
import io.millrace.metrics.Metrics;
import io.millrace.replay.ExampleFile;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
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
  @Mixin private FeatureSource source;

  @Mixin private EngineOption engine;

  @Option(
      names = "--from",
      description = "Folder that 'millrace train' wrote (default: ${DEFAULT-VALUE}).")
  private Path from = Path.of("millrace-data", "model");

  @Parameters(paramLabel = "FILE", description = "Labelled examples.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    TrainedModel model = TrainedFolder.read(from);
    LabeledExamples examples =
        new ExampleFile(file, source.format(), model.schema(), source.label(model.schema()))
            .read(FeatureEncoder.compile(model.schema()));
    Metrics metrics = model.evaluate(examples);
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
