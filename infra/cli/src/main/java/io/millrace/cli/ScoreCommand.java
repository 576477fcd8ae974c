package io.millrace.cli;

import io.millrace.replay.ScoredFile;
import io.millrace.replay.SourceFile;
import io.millrace.standalone.UserError;
import io.millrace.trained.TrainedModel;
import io.millrace.trainer.Scorer;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes a trained model's probabilities for the rows of a file. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a trained model's probability for each row of a file, labelled or not, as CSV:",
      "row,probability. A row is called by its id, or by its line.",
      "Exit status 1 if a row could not be scored."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ScoreCommand implements Callable<Integer> {
  @Mixin private FeatureSource features;

  @Option(
      names = "--from",
      description = "Folder that 'millrace train' wrote (default: ${DEFAULT-VALUE}).")
  private Path from = Path.of("millrace-data", "model");

  @Option(names = "--out", required = true, description = "File for the probabilities.")
  private Path out;

  @Parameters(paramLabel = "FILE", description = "The rows.")
  private Path file;

  @Override
  public Integer call() throws IOException {
    TrainedModel model = TrainedFolder.read(from);
    SourceFile source = SourceFile.of(file, features.settings().unlabelled(), model.schema());
    source.describe().forEach(System.out::println);
    try (Scorer scorer = new Scorer(model);
        ScoredFile rows = new ScoredFile(source, scorer);
        BufferedWriter writer = open()) {
      long scored = scorer.scoreAsCsv(rows, writer);
      System.out.printf(Locale.ROOT, "%,d rows scored into %s%n", scored, out);
      rows.rejections().describe().forEach(System.err::println);
      return rows.rejections().total() == 0 ? 0 : Millrace.FAILURE;
    }
  }

  private BufferedWriter open() {
    try {
      return Files.newBufferedWriter(out);
    } catch (IOException e) {
      throw new UserError("cannot write --out " + out + ": " + e.getMessage());
    }
  }
}
