package io.millrace.trained;

import io.millrace.embedding.LearnerTable;
import io.millrace.explanation.ExplanationTotals;
import io.millrace.explanation.GlobalExplanation;
import io.millrace.explanation.PredictionExplainer;
import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Floats;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelConfigBuilder;
import io.millrace.learner.NumericScaling;
import io.millrace.metrics.Metrics;
import io.millrace.model.ComputeDevice;
import io.millrace.model.CtrModel;
import io.millrace.model.Engine;
import io.millrace.model.ExpertMixture;
import io.millrace.model.TensorSpec;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.avro.Schema;

/**
 * A trained model with its definition. Stored as a folder:
 *
 * <pre>
 * model.json    the {@link ModelConfig}
 * schema.avsc   the feature schema
 * weights.bin   big endian: "MRWT", byte 2; {@link Weights}; since format 2 {@link GradientSums},
 *               floats without lengths
 * </pre>
 */
public final class TrainedModel {
  private static final int MAGIC = 0x4D525754;
  private static final int FORMAT = 2;
  private static final int FORMAT_WITH_SUMS = 2;
  private static final int EVALUATION_BATCH = 4096;

  private final ModelConfig config;
  private final FeatureSchema schema;
  private final Weights weights;
  private final GradientSums sums;

  public TrainedModel(
      ModelConfig config, FeatureSchema schema, Weights weights, GradientSums sums) {
    this.config = config;
    this.schema = schema;
    this.weights = weights;
    this.sums = sums;
  }

  public ModelConfig config() {
    return config;
  }

  public FeatureSchema schema() {
    return schema;
  }

  public Weights weights() {
    return weights;
  }

  /**
   * This model as a stream goes on with it: its architecture, table and initial values, and the
   * stream's name, step size, optimizers, experts, calibration and outcome. There is no mixer: it
   * would have to learn from nothing what trained experts know already, which lowers AUC at first.
   * Numbers are taken as they were in training.
   *
   * @param stream what the stream would learn with if it began anew
   */
  public ModelConfig online(ModelConfig stream) {
    return ModelConfigBuilder.builder(config)
        .name(stream.name())
        .stepSize(stream.stepSize())
        .rowOptimizer(stream.rowOptimizer())
        .denseOptimizer(stream.denseOptimizer())
        .experts(stream.experts())
        .mixer(false)
        .calibration(stream.calibration())
        .numericScaling(NumericScaling.none())
        .prior(stream.prior())
        .outcome(stream.outcome())
        .build();
  }

  /**
   * Gives a fresh learner these weights, and its optimizers what they would remember if they had
   * come here by themselves.
   *
   * @throws IllegalArgumentException if the learner is of another model than {@link #online} says
   */
  public void copyTo(Learner learner) {
    learner
        .config()
        .differenceFrom(online(learner.config()).toJson())
        .ifPresent(
            d -> {
              throw new IllegalArgumentException(
                  "%s: %s in the trained model, %s in the stream's; expected the same"
                      .formatted(d.setting(), d.stored(), d.given()));
            });
    Weights start = weights;
    GradientSums remembered = sums;
    int experts = learner.config().experts().size();
    if (experts > 1) {
      int width = learner.table().rowWidth() / experts;
      List<TensorSpec> specs = learner.tensors().specs();
      start = weights.forExperts(experts, specs);
      int[] sources = ExpertMixture.sources(specs, weights.tensors().specs());
      remembered = sums.forExperts(experts, width, sources);
    }
    start.copyTo(learner.table(), learner.tensors());
    remembered.recallIn(learner, start);
  }

  /** How well it predicts examples, as a server would answer by the kernels. */
  public Metrics evaluate(LabeledExamples examples) {
    return evaluate(examples, Engine.KERNELS);
  }

  /** How well it predicts examples, as a server would answer by an engine. */
  public Metrics evaluate(LabeledExamples examples, Engine engine) {
    return Judge.evaluate(examples, answer -> predict(examples, engine, answer));
  }

  /** Predicts examples in order, as a server would answer by an engine. */
  public void predict(LabeledExamples examples, Engine engine, Judge.Answer answer) {
    try (CompiledModel compiled = CompiledModel.of(config, schema, engine, ComputeDevice.CPU);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      Judge.predict(
          compiled.scheme(),
          workspace,
          table(compiled),
          weights.tensors(),
          examples,
          EVALUATION_BATCH,
          answer);
    }
  }

  /**
   * What it makes of examples.
   *
   * @param limit explains the first ones, this many at most
   */
  public GlobalExplanation explain(LabeledExamples examples, int limit) {
    try (CompiledModel compiled = CompiledModel.of(config, schema);
        PredictionExplainer explainer =
            new PredictionExplainer(compiled, table(compiled), weights.tensors())) {
      ExplanationTotals totals =
          new ExplanationTotals(config.kind().toString(), compiled.encoder().fieldNames());
      EncodedBatch single = compiled.encoder().newBatch();
      for (int i = 0; i < Math.min(limit, examples.size()); i++) {
        single.clear();
        single.append(examples.encoded(), i);
        totals.add(explainer.reasons(single));
      }
      return totals.explanation();
    }
  }

  private LearnerTable table(CompiledModel compiled) {
    var scheme = compiled.scheme();
    LearnerTable table =
        new LearnerTable(scheme.rows(), scheme.rowWidth(), 0, compiled.initialRows());
    weights.copyTo(table);
    return table;
  }

  /** Stores it in a folder, which is made if it is missing; each file is replaced as a whole. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("model.json"), config.toJson() + "\n");
    Files.writeString(folder.resolve("schema.avsc"), schema.avro().toString(true) + "\n");
    AtomicFile.write(
        folder.resolve("weights.bin"),
        out -> {
          out.writeInt(MAGIC);
          out.writeByte(FORMAT);
          weights.write(out);
          Floats.write(sums.rows(), out);
          for (float[] tensor : sums.tensors()) {
            Floats.write(tensor, out);
          }
        });
  }

  /**
   * Reads what {@link #write} has stored.
   *
   * @throws IOException if a file is missing or is not of this form, naming the file
   */
  public static TrainedModel read(Path folder) throws IOException {
    ModelConfig config;
    FeatureSchema schema;
    try {
      config = ModelConfig.fromJson(Files.readString(folder.resolve("model.json")));
      schema =
          FeatureSchema.parse(
              new Schema.Parser().parse(Files.readString(folder.resolve("schema.avsc"))));
    } catch (IllegalArgumentException | org.apache.avro.AvroRuntimeException e) {
      throw new IOException(folder + ": " + e.getMessage(), e);
    }
    Path file = folder.resolve("weights.bin");
    try (CompiledModel compiled = CompiledModel.of(config, schema);
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      int magic = in.readInt();
      int format = in.readByte();
      if (magic != MAGIC || format < 1 || format > FORMAT) {
        throw new IOException(
            "magic %08x format %d, expected %08x format 1 to %d"
                .formatted(magic, format, MAGIC, FORMAT));
      }
      int width = compiled.scheme().rowWidth();
      Weights weights = Weights.read(in, width, compiled.model().tensors());
      GradientSums sums =
          GradientSums.none(weights.rows().length, width, compiled.model().tensors());
      if (format >= FORMAT_WITH_SUMS) {
        Floats.read(in, sums.rows());
        for (float[] tensor : sums.tensors()) {
          Floats.read(in, tensor);
        }
      }
      return new TrainedModel(config, schema, weights, sums);
    } catch (EOFException e) {
      throw new IOException(file + ": cut short", e);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }
}
