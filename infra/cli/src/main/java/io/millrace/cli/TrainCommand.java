package io.millrace.cli;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.Metrics;
import io.millrace.model.DivergedException;
import io.millrace.model.Engine;
import io.millrace.offline.TrainReport;
import io.millrace.offline.TrainSettings;
import io.millrace.offline.TrainingBar;
import io.millrace.replay.ExampleFile;
import io.millrace.replay.SourceFile;
import io.millrace.settings.Required;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.ModelSettings;
import io.millrace.standalone.ReportFile;
import io.millrace.standalone.UserError;
import io.millrace.trained.LabeledExamples;
import io.millrace.trainer.Checkpoint;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.FileDefaults;
import io.millrace.trainer.Holdout;
import io.millrace.trainer.MaskedFields;
import io.millrace.trainer.PretrainedTable;
import io.millrace.trainer.Pretraining;
import io.millrace.trainer.PretrainingConfig;
import io.millrace.trainer.TrainerConfig;
import io.millrace.trainer.Training;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a model on a file until its validation log loss has stopped falling.",
      "The weights of the best epoch go to --out; --resume goes on after an interruption."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TrainCommand implements Callable<Integer> {
  @Mixin private SettingsOptions settings;

  @Mixin private FeatureSource features;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Sets("files.train")
  @Option(names = "--train", description = "Training examples, in the place of FILE.")
  private @Nullable String train;

  @Sets("files.train")
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "Training examples: any table; what it is, is found from its bytes.")
  private @Nullable String file;

  @Sets("files.valid")
  @Option(
      names = "--valid",
      description = {
        "Examples that decide when to stop (default: a part of FILE, the last rows if they stand in",
        "the order of time)."
      })
  private @Nullable String valid;

  @Sets("files.test")
  @Option(names = "--test", description = "Examples that the result is judged on.")
  private @Nullable String test;

  @Sets("files.pretrain")
  @Option(
      names = "--pretrain",
      description = {
        "Examples to pre-train the embedding table on first, by T-JEPA;",
        "their labels are not looked at."
      })
  private @Nullable String pretrain;

  @Sets("model.kind")
  @Option(names = "--model", description = "Kind of model (default: deepfm).")
  private @Nullable String model;

  @Sets("training.epochs")
  @Option(names = "--epochs", description = "Epochs at most.")
  private @Nullable String epochs;

  @Sets({"model.seed", "training.seed"})
  @Option(names = "--seed", description = "Of initial weights, order and dropout.")
  private @Nullable String seed;

  @Sets("out")
  @Option(
      names = "--out",
      description = "Folder for the trained model (default: millrace-data/model).")
  private @Nullable String out;

  @Sets("resume")
  @Option(
      names = "--resume",
      description =
          "Goes on after the last epoch of a training to --out that did not come to its end.")
  private boolean resume;

  @Sets("report")
  @Option(names = "--report", description = "Writes the figures to this file as JSON.")
  private @Nullable String report;

  @Override
  public Integer call() throws IOException {
    TrainSettings given = settings.read(TrainSettings.DEFAULT);
    Path trainFile = Required.given(given.files().train(), "files.train", "--train");
    Stream.of(given.files().valid(), given.files().test(), given.files().pretrain())
        .flatMap(Optional::stream)
        .filter(file -> !Files.exists(file))
        .forEach(
            file -> {
              throw new UserError("no file at " + file);
            });
    ReportFile.check(given.report());
    try (DataDirectory directory = DataDirectory.open(given.out())) {
      ProcessHome.enter(directory);
      SourceFile trained = SourceFile.of(trainFile, given.source());
      trained.describe().forEach(System.out::println);
      checkCheckpoint(Checkpoint.in(directory.root()), given.resume());
      FeatureSchema features = trained.schema();
      ModelSettings chosen = given.model();
      ModelConfig modelConfig =
          chosen.over(FileDefaults.model(chosen.chosenKind(), chosen.defaultName(), features));
      run(given, trained, modelConfig, directory);
    }
    return 0;
  }

  private static void checkCheckpoint(Checkpoint checkpoint, boolean resume) {
    if (resume && !checkpoint.exists()) {
      throw new UserError(
          "--resume: nothing at %s, expected the checkpoint of a training that did not come to its end"
              .formatted(checkpoint.file()));
    }
    if (!resume && checkpoint.exists()) {
      System.err.printf(
          "millrace: %s is of a training that did not come to its end; this one begins anew and will"
              + " replace it after its first epoch (--resume goes on from it)%n",
          checkpoint.file());
    }
  }

  private static void run(
      TrainSettings settings, SourceFile trained, ModelConfig modelConfig, DataDirectory directory)
      throws IOException {
    TrainerConfig training = settings.training();
    Engine onCpu = settings.engine();
    boolean resume = settings.resume();
    try (CompiledModel compiled =
        StreamModels.compiled(
            modelConfig, trained.schema(), onCpu, StreamModels.device(settings.compute()))) {
      LabeledExamples all = read(trained, compiled);
      LabeledExamples trainExamples = all;
      LabeledExamples validExamples;
      Optional<Path> valid = settings.files().valid();
      if (valid.isPresent()) {
        validExamples = read(trained.like(valid.get()), compiled);
      } else {
        Holdout held = held(all, trained.inTimeOrder());
        System.out.println(held.sentence());
        trainExamples = held.train();
        validExamples = held.valid();
      }
      requireBothClasses(trainExamples, trained.file(), "there is nothing to tell apart");
      requireBothClasses(
          validExamples, valid.orElse(trained.file()), "they cannot say when to stop");
      Path test = settings.files().test().orElse(null);
      LabeledExamples testExamples = test == null ? null : read(trained.like(test), compiled);
      Path pretrain = settings.files().pretrain().orElse(null);
      PretrainedTable start =
          pretrain == null
              ? null
              : pretrained(
                  read(trained.like(pretrain), compiled),
                  compiled,
                  settings.pretraining().withSeed(training.seed()));
      Checkpoint checkpoint = Checkpoint.in(directory.root());
      long started = System.nanoTime();
      Training.Result result;
      try (TrainingBar bar =
          new TrainingBar(System.out, System.console() == null ? null : System.err)) {
        result =
            Training.run(
                compiled, training, trainExamples, validExamples, start, bar, checkpoint, resume);
      } catch (DivergedException e) {
        throw new UserError("training has diverged: " + e.getMessage());
      } catch (IllegalArgumentException e) {
        if (!resume) {
          throw e;
        }
        throw new UserError(e.getMessage() + ", or another --out");
      }
      double seconds = (System.nanoTime() - started) * 1e-9;
      result.model().write(directory.root());
      checkpoint.delete();
      Metrics testMetrics =
          testExamples == null ? null : result.model().evaluate(testExamples, onCpu);
      double[] speeds =
          result.epochs().stream().mapToDouble(Epoch::examplesPerSecond).sorted().toArray();
      TrainReport found =
          new TrainReport(
              settings.model().chosenKind().toString(),
              trainExamples.size(),
              result.best(),
              result.valid(),
              testMetrics,
              speeds[speeds.length / 2],
              seconds,
              result.settings(),
              result.epochs());
      System.out.print(found.table());
      result.warnings().forEach(warning -> System.err.println("millrace: " + warning));
      System.out.println("model in " + directory.root());
      if (settings.report().isPresent()) {
        found.write(settings.report().get());
      }
    }
  }

  private static Holdout held(LabeledExamples all, boolean inTimeOrder) {
    try {
      return Holdout.of(all, inTimeOrder);
    } catch (IllegalArgumentException e) {
      throw new UserError("no --valid: " + e.getMessage());
    }
  }

  private static void requireBothClasses(LabeledExamples examples, Path file, String why) {
    try {
      examples.requireBothClasses(file.toString(), why);
    } catch (IllegalArgumentException e) {
      throw new UserError(String.valueOf(e.getMessage()));
    }
  }

  private static PretrainedTable pretrained(
      LabeledExamples examples, CompiledModel compiled, PretrainingConfig config) {
    try {
      PretrainedTable table =
          switch (config.method()) {
            case T_JEPA ->
                Pretraining.run(
                        compiled,
                        config,
                        examples,
                        epoch -> System.out.println(TrainReport.line(epoch)))
                    .table();
            case MASKED_FIELDS ->
                MaskedFields.run(
                    compiled,
                    config,
                    examples,
                    epoch -> System.out.println(TrainReport.line(epoch)));
          };
      return table.scaledTo(config.startScale());
    } catch (IllegalArgumentException e) {
      throw new UserError("--pretrain: " + e.getMessage());
    }
  }

  private static LabeledExamples read(SourceFile file, CompiledModel compiled) throws IOException {
    return new ExampleFile(file).read(compiled.encoder());
  }
}
