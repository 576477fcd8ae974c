package io.millrace.trainer;

import io.millrace.embedding.LearnerTable;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.Learner;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.Metrics;
import io.millrace.model.CtrModel;
import io.millrace.model.Tensors;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.avro.Schema;

/**
 * A trained model with its definition. Stored as a folder:
 *
 * <pre>
 * model.json    the {@link ModelConfig}
 * schema.avsc   the feature schema
 * weights.bin   big endian: "MRWT", byte 1; int rows, int W; rows as long and W floats; int tensors;
 *               each its UTF name, int size and floats
 * </pre>
 */
public final class TrainedModel {
  private static final int MAGIC = 0x4D525754;
  private static final int FORMAT = 1;
  private static final int EVALUATION_BATCH = 4096;

  private final ModelConfig config;
  private final FeatureSchema schema;
  private final Weights weights;

  TrainedModel(ModelConfig config, FeatureSchema schema, Weights weights) {
    this.config = config;
    this.schema = schema;
    this.weights = weights;
  }

  public ModelConfig config() {
    return config;
  }

  public FeatureSchema schema() {
    return schema;
  }

  /** Values of the rows that training has touched [R, W]. */
  float[] rowValues() {
    return weights.values();
  }

  /**
   * This model as a stream goes on with it: its architecture, table and initial values, and the
   * stream's name, step size, optimizers and calibration.
   *
   * @param stream what the stream would learn with if it began anew
   */
  public ModelConfig online(ModelConfig stream) {
    return new ModelConfig(
        stream.name(),
        config.subject(),
        config.rows(),
        config.dim(),
        stream.stepSize(),
        config.seed(),
        config.initScale(),
        stream.rowOptimizer(),
        stream.denseOptimizer(),
        stream.calibration(),
        config.architecture());
  }

  /**
   * Gives a fresh learner these weights; what its optimizers remember stays fresh.
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
    weights.copyTo(learner.table(), learner.tensors());
  }

  /** How well it predicts examples, as a server would answer. */
  public Metrics evaluate(LabeledExamples examples) {
    return Judge.evaluate(examples, answer -> predict(examples, answer));
  }

  /** Predicts examples in order, as a server would answer. */
  void predict(LabeledExamples examples, Judge.Answer answer) {
    try (CompiledModel compiled = CompiledModel.of(config, schema);
        CtrModel.Workspace workspace = compiled.model().newWorkspace()) {
      var scheme = compiled.scheme();
      LearnerTable table =
          new LearnerTable(scheme.rows(), scheme.rowWidth(), 0, compiled.initialRows());
      Tensors tensors = compiled.initialTensors();
      weights.copyTo(table, tensors);
      Judge.predict(scheme, workspace, table, tensors, examples, EVALUATION_BATCH, answer);
    }
  }

  /** Stores it in a folder, which is made if it is missing; each file is replaced as a whole. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("model.json"), config.toJson() + "\n");
    Files.writeString(folder.resolve("schema.avsc"), schema.avro().toString(true) + "\n");
    Path next = folder.resolve("weights.bin.next");
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(next)))) {
      out.writeInt(MAGIC);
      out.writeByte(FORMAT);
      int width = weights.rows().length == 0 ? 0 : weights.values().length / weights.rows().length;
      out.writeInt(weights.rows().length);
      out.writeInt(width);
      for (int i = 0; i < weights.rows().length; i++) {
        out.writeLong(weights.rows()[i]);
        for (int j = 0; j < width; j++) {
          out.writeFloat(weights.values()[i * width + j]);
        }
      }
      out.writeInt(weights.tensors().values().length);
      for (int t = 0; t < weights.tensors().values().length; t++) {
        float[] values = weights.tensors().values()[t];
        out.writeUTF(weights.tensors().specs().get(t).name());
        out.writeInt(values.length);
        for (float value : values) {
          out.writeFloat(value);
        }
      }
    }
    Files.move(
        next,
        folder.resolve("weights.bin"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
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
      int count = in.readInt();
      int width = in.readInt();
      if (magic != MAGIC
          || format != FORMAT
          || count < 0
          || (count > 0 && width != compiled.scheme().rowWidth())) {
        throw new IOException(
            "%s: magic %08x format %d rows %d of %d values, expected %08x format %d rows of %d"
                .formatted(
                    file,
                    magic,
                    format,
                    count,
                    width,
                    MAGIC,
                    FORMAT,
                    compiled.scheme().rowWidth()));
      }
      long[] rows = new long[count];
      float[] values = new float[Math.multiplyExact(count, width)];
      for (int i = 0; i < count; i++) {
        rows[i] = in.readLong();
        for (int j = 0; j < width; j++) {
          values[i * width + j] = in.readFloat();
        }
      }
      Tensors tensors = Tensors.zeros(compiled.model().tensors());
      readTensors(in, file, tensors);
      return new TrainedModel(config, schema, new Weights(rows, values, tensors));
    }
  }

  private static void readTensors(DataInputStream in, Path file, Tensors tensors)
      throws IOException {
    int count = in.readInt();
    if (count != tensors.values().length) {
      throw new IOException(
          "%s: %d tensors, expected %d".formatted(file, count, tensors.values().length));
    }
    for (int t = 0; t < count; t++) {
      String name = in.readUTF();
      int size = in.readInt();
      float[] values = tensors.values()[t];
      if (!name.equals(tensors.specs().get(t).name()) || size != values.length) {
        throw new IOException(
            "%s: tensor %s of %d values, expected %s of %d"
                .formatted(file, name, size, tensors.specs().get(t).name(), values.length));
      }
      for (int i = 0; i < size; i++) {
        values[i] = in.readFloat();
      }
    }
  }
}
