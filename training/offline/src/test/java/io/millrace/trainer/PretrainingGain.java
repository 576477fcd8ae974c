package io.millrace.trainer;

import io.millrace.embedding.EmbeddingScheme;
import io.millrace.embedding.InitialRows;
import io.millrace.embedding.LearnerTable;
import io.millrace.embedding.LinearScheme;
import io.millrace.embedding.UnifiedEmbedding;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureEncoder;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.learner.ProgramEngine;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.Tensors;
import io.millrace.model.djl.DjlModel;
import io.millrace.model.djl.DjlWorkspace;
import io.millrace.model.djl.JepaConfig;
import io.millrace.trained.Judge;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.Weights;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What pre-training without labels is worth when few labels, or all, are at hand. Arguments: {@code
 * ml1m} or {@code frappe}, the data's folder, seeds, parts of the labels (100 for 1 %), kinds to
 * fine-tune ({@code mlp}, {@code autoint}) and {@code probe}, lists by commas; epochs of
 * pre-training.
 *
 * <p>Fine-tuning: the same model from random rows, from T-JEPA's table and from that of {@link
 * MaskedFields}, all at a root mean square of .02, in as many steps an epoch for each part. Probes:
 * a linear map on the fields as they are (lr), on T-JEPA's frozen representations, on those of an
 * encoder that has learned nothing and on the frozen table's vectors; a perceptron on the frozen
 * representations, as the authors judge.
 */
final class PretrainingGain {
  private static final double ROOT_MEAN_SQUARE = .02;
  private static final int DIM = 16;
  private static final HiddenLayers HIDDEN = new HiddenLayers(List.of(200, 200), true, .2f);
  private static final String MLP =
      "{\"kind\":\"mlp\",\"hidden\":{\"widths\":[200,200],\"batchNorm\":true,\"dropout\":0.2}}";
  private static final String AUTOINT =
      "{\"kind\":\"autoint\",\"layers\":2,\"heads\":2,\"headDim\":16,\"scaled\":true,"
          + "\"layerNorm\":true,\"residual\":true,\"activatedProjections\":false,"
          + "\"fieldEmbedding\":false,\"wide\":false,\"attentionDropout\":0}";
  private static final int LARGEST_BATCH = 1024;

  private final String name;
  private final BenchmarkTask task;
  private final long seed;
  private final PretrainingConfig pretraining;

  private PretrainingGain(String name, BenchmarkTask task, long seed, int epochs) {
    this.name = name;
    this.task = task;
    this.seed = seed;
    PretrainingConfig d = PretrainingConfig.defaults();
    this.pretraining =
        new PretrainingConfig(
            d.method(),
            d.jepa(),
            d.batchSize(),
            epochs,
            d.learningRate(),
            d.warmUpEpochs(),
            d.firstWeightDecay(),
            d.lastWeightDecay(),
            d.firstMomentum(),
            d.initScale(),
            d.startScale(),
            seed);
  }

  public static void main(String[] args) throws IOException {
    BenchmarkTask task = BenchmarkTask.named(args[0], Path.of(args[1]));
    for (String seed : args[2].split(",")) {
      new PretrainingGain(args[0], task, Long.parseLong(seed), Integer.parseInt(args[5]))
          .run(List.of(args[3].split(",")), List.of(args[4].split(",")));
    }
  }

  private void run(List<String> parts, List<String> kinds) {
    LabeledExamples unlabelled = task.encoded(task.train());
    Pretraining.Result jepa;
    PretrainedTable masked;
    try (CompiledModel compiled = compiled(config(MLP))) {
      long started = System.nanoTime();
      jepa = Pretraining.run(compiled, pretraining, unlabelled, this::print);
      double seconds = (System.nanoTime() - started) * 1e-9;
      started = System.nanoTime();
      masked = MaskedFields.run(compiled, pretraining, unlabelled, epoch -> {});
      double baseline = (System.nanoTime() - started) * 1e-9;
      System.out.printf(Locale.ROOT, "  T-JEPA %.0f s, masked %.0f s%n", seconds, baseline);
    }
    PretrainedTable table = jepa.table().scaledTo(ROOT_MEAN_SQUARE);
    for (String part : parts) {
      for (String kind : kinds) {
        if (kind.equals("probe")) {
          probe(Integer.parseInt(part), jepa);
        } else {
          fineTune(kind, Integer.parseInt(part), "random rows", null);
          fineTune(kind, Integer.parseInt(part), "T-JEPA's table", table);
          fineTune(
              kind, Integer.parseInt(part), "masked fields", masked.scaledTo(ROOT_MEAN_SQUARE));
        }
      }
    }
  }

  private void print(Pretraining.PretrainingEpoch e) {
    System.out.printf(
        Locale.ROOT,
        "  epoch %d: loss %.4f, unexplained %.3f, rank %.1f%n",
        e.number(),
        e.loss(),
        e.unexplained(),
        e.spread().effectiveRank());
  }

  private ModelConfig config(String architecture) {
    return task.model()
        .with(
            "{\"rows\":16777216,\"dim\":%d,\"seed\":%d,\"initScale\":%s,\"architecture\":%s}"
                .formatted(DIM, seed, Math.sqrt(3) * ROOT_MEAN_SQUARE, architecture));
  }

  private LabeledExamples labelled(int part) {
    return task.encoded(task.train().subList(0, task.train().size() / part));
  }

  /** As many steps an epoch whatever the part, if they hold 64 examples then. */
  private int batchSize(int part) {
    return Math.max(
        64, Math.min(LARGEST_BATCH, Objects.requireNonNull(task.training().batchSize())) / part);
  }

  private TrainerConfig training(int part, double l2) {
    TrainerConfig t = task.training();
    return TestConfigs.byAuc(
        batchSize(part),
        t.epochs(),
        1,
        t.rateCut(),
        3,
        l2,
        t.l2Scope(),
        t.clipNorm(),
        t.clipValue(),
        0,
        t.cape(),
        seed);
  }

  private void fineTune(String kind, int part, String from, @Nullable PretrainedTable start) {
    ModelConfig config = config(kind.equals("mlp") ? MLP : AUTOINT);
    try (CompiledModel compiled = compiled(config)) {
      report(
          kind,
          part,
          from,
          test(compiled, part, Objects.requireNonNull(task.training().l2()), start));
    }
  }

  /** Test metrics of the best epoch. */
  private Metrics test(
      CompiledModel compiled, int part, double l2, @Nullable PretrainedTable start) {
    Weights best =
        Training.run(
                compiled,
                training(part, l2),
                labelled(part),
                task.encoded(task.valid()),
                start,
                epoch -> {},
                null,
                false)
            .model()
            .weights();
    LearnerTable table = compiled.newTable();
    best.copyTo(table);
    LabeledExamples test = task.encoded(task.test());
    try (CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      return Judge.evaluate(
          test,
          answer ->
              Judge.predict(
                  compiled.scheme(), workspace, table, best.tensors(), test, 1024, answer));
    }
  }

  /** The task has fields of its own: not all of its schema's. */
  private CompiledModel compiled(ModelConfig config) {
    int[] lookups = new int[task.fields()];
    Arrays.fill(lookups, 1);
    EmbeddingScheme scheme = new UnifiedEmbedding(config.rows(), config.dim(), lookups);
    CtrModel model =
        config
            .architecture()
            .model(ProgramEngine.chosen(), scheme.fields(), scheme.dim(), scheme.rowWidth());
    FeatureEncoder encoder = FeatureEncoder.compile(task.schema());
    return new CompiledModel(config, task.schema(), encoder, scheme, model);
  }

  private void probe(int part, Pretraining.Result jepa) {
    ModelConfig lr =
        ModelConfig.defaults(ModelKind.LR, "probe", task.schema())
            .with(
                "{\"rows\":16777216,\"seed\":%d,\"rowOptimizer\":{\"rule\":\"adam\",\"learningRate\":0.003,\"beta1\":0.9,\"beta2\":0.999,\"epsilon\":1e-8}}"
                    .formatted(seed));
    try (CompiledModel compiled = compiled(lr)) {
      report("linear", part, "fields", test(compiled, part, 0, null));
    }
    try (CompiledModel compiled = compiled(config(MLP))) {
      int fields = compiled.scheme().fields();
      int width = pretraining.jepa().width();
      CtrModel linear = new FrozenProbe.Linear(fields, width);
      probe("linear", part, "T-JEPA frozen", linear, compiled, jepa.encoder(), jepa.table());
      DjlModel encoder = pretraining.jepa().model(fields, DIM);
      Tensors fresh = Tensors.initial(encoder.tensors(), seed);
      probe("linear", part, "untrained encoder", linear, compiled, fresh, null);
      CtrModel vectors = new FrozenProbe.Linear(fields, DIM);
      probe("linear", part, "T-JEPA's table frozen", vectors, compiled, null, jepa.table());
      CtrModel mlp = new MlpConfig(HIDDEN).model(ProgramEngine.chosen(), fields, width, width);
      probe("mlp", part, "T-JEPA frozen", mlp, compiled, jepa.encoder(), jepa.table());
    }
  }

  /**
   * @param encoder weights of the encoder, null for field vectors as they are
   * @param rows null for initial ones
   */
  private void probe(
      String kind,
      int part,
      String from,
      CtrModel model,
      CompiledModel compiled,
      @Nullable Tensors encoder,
      @Nullable PretrainedTable rows) {
    LearnerTable table =
        new LearnerTable(
            compiled.scheme().rows(),
            compiled.scheme().rowWidth(),
            0,
            new InitialRows(seed, (float) pretraining.initScale(), 0));
    if (rows != null) {
      rows.copyTo(table);
    }
    Metrics test =
        FrozenProbe.test(
            model,
            batchSize(part),
            seed,
            inputs(labelled(part), compiled, table, encoder),
            inputs(task.encoded(task.valid()), compiled, table, encoder),
            inputs(task.encoded(task.test()), compiled, table, encoder));
    report(kind, part, from, test);
  }

  private FrozenProbe.Inputs inputs(
      LabeledExamples examples,
      CompiledModel compiled,
      LearnerTable table,
      @Nullable Tensors encoder) {
    int fields = compiled.scheme().fields();
    int own = fields * DIM;
    int given = encoder == null ? own : fields * pretraining.jepa().width();
    int all = own + fields * pretraining.jepa().width();
    int size = 512;
    float[] inputs = new float[examples.size() * given];
    byte[] labels = new byte[examples.size()];
    EncodedBatch batch = new EncodedBatch(fields);
    float[] vectors = new float[size * own];
    DjlModel model = pretraining.jepa().model(fields, DIM);
    try (DjlWorkspace workspace = model.newWorkspace()) {
      for (int from = 0; from < examples.size(); from += size) {
        int n = Math.min(size, examples.size() - from);
        batch.clear();
        for (int b = 0; b < n; b++) {
          batch.append(examples.encoded(), from + b);
          labels[from + b] = examples.label(from + b);
        }
        ((LinearScheme) compiled.scheme()).gather(batch, table, vectors);
        float[] of = vectors;
        if (encoder != null) {
          float[] x = new float[n * all];
          for (int b = 0; b < n; b++) {
            System.arraycopy(vectors, b * own, x, b * all, own);
          }
          of = workspace.intermediate(JepaConfig.REPRESENTATION, encoder, x, n);
        }
        System.arraycopy(of, 0, inputs, from * given, n * given);
      }
    }
    return new FrozenProbe.Inputs(inputs, labels);
  }

  private void report(String kind, int part, String from, Metrics test) {
    System.out.printf(
        Locale.ROOT,
        "%s, seed %d, 1/%d of the labels, %-7s %-22s: test AUC %.4f, logloss %.4f%n",
        name,
        seed,
        part,
        kind,
        from,
        test.auc(),
        test.logloss());
  }
}
