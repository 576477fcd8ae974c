package io.millrace.cli;

import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.Metrics;
import io.millrace.model.ComputeDevice;
import io.millrace.model.DivergedException;
import io.millrace.offline.TrainReport;
import io.millrace.offline.TrainingBar;
import io.millrace.offline.TrainingFile;
import io.millrace.replay.ExampleFile;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.UserError;
import io.millrace.trainer.Checkpoint;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.FileDefaults;
import io.millrace.trainer.Holdout;
import io.millrace.trainer.LabeledExamples;
import io.millrace.trainer.MaskedFields;
import io.millrace.trainer.PretrainedTable;
import io.millrace.trainer.Pretraining;
import io.millrace.trainer.PretrainingConfig;
import io.millrace.trainer.TrainerConfig;
import io.millrace.trainer.Training;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
  @Mixin private FeatureSource source;

  @Mixin private DeviceOption device;

  @Mixin private EngineOption engine;

  @Option(names = "--train", required = true, description = "Training examples.")
  private Path train;

  @Option(
      names = "--valid",
      description = {
        "Examples that decide when to stop (default: a part of --train, the last one if the",
        "schema names a time)."
      })
  private @Nullable Path valid;

  @Option(names = "--test", description = "Examples that the result is judged on.")
  private @Nullable Path test;

  @Option(
      names = "--pretrain",
      description = {
        "Examples to pre-train the embedding table on first, by T-JEPA;",
        "their labels are not looked at."
      })
  private @Nullable Path pretrain;

  @Option(names = "--model", description = "Kind of model (default: ${DEFAULT-VALUE}).")
  private String model = "fm";

  @Option(
      names = "--config",
      description = "YAML file with sections model and training (see docs/reference/training.md).")
  private @Nullable Path config;

  @Option(names = "--epochs", description = "Epochs at most.")
  private @Nullable Integer epochs;

  @Option(names = "--seed", description = "Of initial weights, order and dropout.")
  private @Nullable Long seed;

  @Option(
      names = "--out",
      description = "Folder for the trained model (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("millrace-data", "model");

  @Option(
      names = "--resume",
      description =
          "Goes on after the last epoch of a training to --out that did not come to its end.")
  private boolean resume;

  @Option(names = "--report", description = "Writes the figures to this file as JSON.")
  private @Nullable Path report;

  @Override
  public Integer call() throws IOException {
    try (DataDirectory directory = DataDirectory.open(out)) {
      ProcessHome.enter(directory);
      checkCheckpoint(Checkpoint.in(directory.root()));
      FeatureSchema features = source.schema();
      TrainingFile settings = config == null ? TrainingFile.NONE : TrainingFile.read(config);
      ModelConfig modelConfig =
          settings.applyTo(
              FileDefaults.model(ModelOptions.kind(model), ModelOptions.named(model), features));
      TrainerConfig training = settings.training();
      if (seed != null) {
        modelConfig = modelConfig.with("{\"seed\":" + seed + "}");
        training = training.withSeed(seed);
      }
      if (epochs != null) {
        training = training.withEpochs(epochs);
      }
      run(modelConfig, features, training, settings.pretraining(), directory);
    }
    return 0;
  }

  private void checkCheckpoint(Checkpoint checkpoint) {
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

  private void run(
      ModelConfig modelConfig,
      FeatureSchema features,
      TrainerConfig training,
      PretrainingConfig pretraining,
      DataDirectory directory)
      throws IOException {
    try (CompiledModel compiled =
        CompiledModel.of(modelConfig, features, ComputeDevice.ofLearners())) {
      LabeledExamples all = read(train, features, compiled);
      LabeledExamples trainExamples = all;
      LabeledExamples validExamples;
      if (valid == null) {
        Holdout held = held(all, features.timeField().isPresent());
        System.out.println(held.sentence());
        trainExamples = held.train();
        validExamples = held.valid();
      } else {
        validExamples = read(valid, features, compiled);
      }
      requireBothClasses(trainExamples, train, "there is nothing to tell apart");
      requireBothClasses(
          validExamples, valid == null ? train : valid, "they cannot say when to stop");
      LabeledExamples testExamples = test == null ? null : read(test, features, compiled);
      PretrainedTable start =
          pretrain == null
              ? null
              : pretrained(
                  read(pretrain, features, compiled),
                  compiled,
                  pretraining.withSeed(training.seed()));
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
      Metrics testMetrics = testExamples == null ? null : result.model().evaluate(testExamples);
      double[] speeds =
          result.epochs().stream().mapToDouble(Epoch::examplesPerSecond).sorted().toArray();
      TrainReport found =
          new TrainReport(
              model,
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
      if (report != null) {
        found.write(report);
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

  private LabeledExamples read(Path file, FeatureSchema features, CompiledModel compiled)
      throws IOException {
    return new ExampleFile(file, source.format(), features, source.label(features))
        .read(compiled.encoder());
  }
}
