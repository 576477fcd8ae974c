package io.millrace.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.bits.SplitMix64;
import io.millrace.embedding.LearnerTable;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.EmbeddingBytes;
import io.millrace.learner.FieldVectors;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelConfigBuilder;
import io.millrace.metrics.Metrics;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.TrainerConfig;
import io.millrace.trainer.Training;
import io.millrace.trainer.TrainingProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Trains a model with each scheme at each budget from each seed. A tenth of the examples, chosen by
 * a hash of their number, decides when to stop, and another one judges; the split is the same for
 * all. Runs that the CSV in the folder has are not made again.
 */
public final class Study {
  private static final int AT_ONCE = 4096;
  private static final double READ_SECONDS = 0.1;

  private final FeatureSchema schema;
  private final ModelConfig model;
  private final TrainerConfig training;
  private final LabeledExamples train;
  private final LabeledExamples valid;
  private final LabeledExamples test;
  private final Vocabulary vocabulary;

  /** Told of each run before and after. */
  public interface Progress extends TrainingProgress {
    /**
     * A run begins.
     *
     * @param done runs that are done, of {@code all}
     * @param secondsLeft for all others, by those of this process; NaN before the first
     */
    void begins(String run, int done, int all, double secondsLeft);

    /** A run is done. */
    void ended(StudyRun run);
  }

  /**
   * @param model to train, with any scheme
   * @param training likewise, with any seed
   * @param fields names of the fields
   */
  public Study(
      FeatureSchema schema,
      List<String> fields,
      ModelConfig model,
      TrainerConfig training,
      LabeledExamples all) {
    this.schema = schema;
    this.model = model;
    this.training = training;
    this.train = all.part(i -> tenth(i) > 1);
    this.valid = all.part(i -> tenth(i) == 1);
    this.test = all.part(i -> tenth(i) == 0);
    this.vocabulary = Vocabulary.of(all, fields);
  }

  private static long tenth(int example) {
    return SplitMix64.below(SplitMix64.mix(example + 1L), 10);
  }

  /** Different tokens of the file. */
  public long tokens() {
    return vocabulary.tokens();
  }

  /** Bytes of a budget of 1. */
  public long fullBytes() {
    return vocabulary.fullBytes(model.dim());
  }

  private String subject() {
    return "%s of dim %d, train %s, valid %s, test %s, epochs at most %d"
        .formatted(
            model.kind(),
            model.dim(),
            train.fingerprint(),
            valid.fingerprint(),
            test.fingerprint(),
            training.epochs());
  }

  /**
   * Makes what is missing of a study.
   *
   * @param folder for {@code study.csv} and {@code study.svg}, made if it is missing
   * @return all runs that the CSV has
   * @throws IllegalArgumentException if the folder is of another study, or a scheme is unknown
   */
  public List<StudyRun> run(StudyPlan plan, Path folder, Progress progress) throws IOException {
    Files.createDirectories(folder);
    StudyFile file = new StudyFile(folder.resolve("study.csv"), subject());
    List<StudyRun> runs = file.open();
    Set<String> done = new HashSet<>();
    runs.forEach(run -> done.add(run.key()));
    List<StudyPlan.Cell> cells = plan.cells();
    int missing = (int) cells.stream().filter(cell -> !done.contains(cell.key())).count();
    long started = System.nanoTime();
    int made = 0;
    for (StudyPlan.Cell cell : cells) {
      if (done.contains(cell.key())) {
        continue;
      }
      double seconds = (System.nanoTime() - started) * 1e-9;
      double left = made == 0 ? Double.NaN : seconds / made * (missing - made);
      progress.begins(cell.toString(), cells.size() - missing + made, cells.size(), left);
      StudyRun run = run(cell, progress);
      file.append(run);
      runs.add(run);
      made++;
      progress.ended(run);
      Files.writeString(folder.resolve("study.svg"), StudyCurve.svg(runs));
    }
    return runs;
  }

  private StudyRun run(StudyPlan.Cell cell, TrainingProgress progress) {
    long budget = (long) (cell.budget() * fullBytes());
    Optional<ModelConfig> fit =
        new SchemeFit(schema, vocabulary).within(budget, cell.scheme(), model);
    if (fit.isEmpty()) {
      String why = "does not fit in %d bytes".formatted(budget);
      double no = Double.NaN;
      return new StudyRun(cell.scheme(), cell.budget(), cell.seed(), 0, 0, no, no, no, no, why);
    }
    // Steps of a stream: nobody goes on with the model, and its sums of gradients are made faster.
    ModelConfig config =
        ModelConfigBuilder.builder(fit.get()).seed(cell.seed()).stepSize(AT_ONCE).build();
    try (CompiledModel compiled = CompiledModel.of(config, schema)) {
      TrainerConfig own = training.withSeed(cell.seed());
      Training.Result result = Training.run(compiled, own, train, valid, progress);
      Metrics metrics = result.model().evaluate(test);
      double[] speeds =
          result.epochs().stream().mapToDouble(Epoch::examplesPerSecond).sorted().toArray();
      double tokens = train.encoded().tokenCount() / (double) train.size();
      return new StudyRun(
          cell.scheme(),
          cell.budget(),
          cell.seed(),
          EmbeddingBytes.served(compiled),
          EmbeddingBytes.learned(compiled),
          metrics.auc(),
          metrics.logloss(),
          speeds[speeds.length / 2] * tokens,
          read(compiled, result.model()),
          settings(config));
    }
  }

  private static String settings(ModelConfig config) {
    try {
      JsonNode all = new ObjectMapper().readTree(config.toJson());
      return "{\"rows\":%d,\"embedding\":%s}".formatted(config.rows(), all.get("embedding"));
    } catch (JsonProcessingException e) {
      throw new AssertionError("a config is no JSON", e);
    }
  }

  /** Tokens a second whose vectors are composed, batch by batch. */
  private double read(CompiledModel compiled, TrainedModel trained) {
    LearnerTable table = compiled.newTable();
    trained.weights().copyTo(table);
    FieldVectors vectors = compiled.newFieldVectors();
    int size = Math.min(AT_ONCE, test.size());
    float[] x = new float[size * compiled.scheme().fields() * compiled.scheme().dim()];
    EncodedBatch batch = new EncodedBatch(compiled.scheme().fields());
    for (int b = 0; b < size; b++) {
      batch.append(test.encoded(), b);
    }
    long tokens = 0;
    long started = System.nanoTime();
    double seconds = 0;
    while (seconds < READ_SECONDS) {
      vectors.gather(batch, table, trained.weights().tensors(), x);
      tokens += batch.tokenCount();
      seconds = (System.nanoTime() - started) * 1e-9;
    }
    return tokens / seconds;
  }
}
