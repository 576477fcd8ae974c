package io.millrace.cli;

import io.millrace.feature.FeatureEncoder;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.Metrics;
import io.millrace.model.DivergedException;
import io.millrace.offline.StudySettings;
import io.millrace.replay.ExampleFile;
import io.millrace.replay.SourceFile;
import io.millrace.settings.Required;
import io.millrace.standalone.ModelSettings;
import io.millrace.standalone.UserError;
import io.millrace.study.Study;
import io.millrace.study.StudyPlan;
import io.millrace.study.StudyReport;
import io.millrace.study.StudyRun;
import io.millrace.trained.LabeledExamples;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.FileDefaults;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "study",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a model with each embedding scheme at each budget of bytes, and compares them.",
      "A second start with the same --out goes on where the first one ended."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StudyCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;

  @Mixin private FeatureSource features;

  @Sets("file")
  @Parameters(paramLabel = "FILE", arity = "0..1", description = "Labelled examples.")
  private @Nullable String file;

  @Sets("schemes")
  @Option(
      names = "--schemes",
      paramLabel = "NAMES",
      description = "Schemes to compare (default: all of them).")
  private @Nullable String schemes;

  @Sets("budgets")
  @Option(
      names = "--budgets",
      paramLabel = "SHARES",
      description = {
        "Budgets, as shares of the bytes of a table with a row for each of the file's tokens",
        "(default: 1,0.3,0.1,0.03,0.01)."
      })
  private @Nullable String budgets;

  @Sets("seeds")
  @Option(names = "--seeds", description = "A training for each (default: 1,2,3).")
  private @Nullable String seeds;

  @Sets("model.kind")
  @Option(names = "--model", description = "Kind of model (default: deepfm).")
  private @Nullable String model;

  @Sets("training.epochs")
  @Option(names = "--epochs", description = "Epochs at most.")
  private @Nullable String epochs;

  @Sets("out")
  @Option(
      names = "--out",
      description = "Folder for study.csv and study.svg (default: millrace-data/study).")
  private @Nullable String out;

  @Override
  public Integer call() throws IOException {
    StudySettings given = settings.read(StudySettings.DEFAULT);
    Path studied = Required.given(given.file(), "file", "FILE");
    try {
      StudyPlan plan = given.plan();
      SourceFile source = SourceFile.of(studied, given.source());
      source.describe().forEach(System.out::println);
      ModelSettings chosen = given.model();
      ModelConfig config =
          chosen.over(
              FileDefaults.model(chosen.chosenKind(), chosen.defaultName(), source.schema()));
      FeatureEncoder encoder = FeatureEncoder.compile(source.schema());
      LabeledExamples examples = new ExampleFile(source).read(encoder);
      Study study =
          new Study(source.schema(), encoder.fieldNames(), config, given.training(), examples);
      System.out.printf(
          Locale.ROOT,
          "%,d different tokens; a row of %d values for each would take %,d bytes%n"
              + "8 of 10 rows train, 1 decides when to stop, 1 judges, by a hash of their number%n",
          study.tokens(),
          config.dim(),
          study.fullBytes());
      System.out.print(StudyReport.table(study.run(plan, given.out(), new Lines())));
      System.out.println("runs in " + given.out().resolve("study.csv"));
      System.out.println("curve in " + given.out().resolve("study.svg"));
    } catch (DivergedException e) {
      throw new UserError("training has diverged: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
    return 0;
  }

  /** A line for each run, before and after. */
  private static final class Lines implements Study.Progress {
    @Override
    public void begins(String run, int done, int all, double secondsLeft) {
      String left =
          Double.isNaN(secondsLeft)
              ? ""
              : String.format(Locale.ROOT, ", about %,.0f min left", Math.ceil(secondsLeft / 60));
      System.out.printf(Locale.ROOT, "run %d of %d%s: %s%n", done + 1, all, left, run);
    }

    @Override
    public void ended(StudyRun run) {
      System.out.print(StudyReport.table(List.of(run)).lines().skip(1).findFirst().orElse(""));
      System.out.println();
    }

    @Override
    public void start(TrainerConfig settings, Metrics untrained) {}

    @Override
    public void epoch(Epoch epoch) {}

    @Override
    public void done(String pass, int examples, int of) {}
  }
}
