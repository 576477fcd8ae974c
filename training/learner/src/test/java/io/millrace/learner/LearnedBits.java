package io.millrace.learner;

import io.millrace.feature.EncodedBatch;
import io.millrace.feature.FeatureSchema;
import io.millrace.model.ComputeDevice;
import io.millrace.model.Sigmoid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32;

/**
 * Learns made-up examples and prints, one kind a line, a checksum of all that was learned and
 * predicted, and the arithmetic's name: what other flags of the JVM, other machines and another
 * engine ({@code -Dmillrace.engine}) give is compared with it. Arguments: examples; names of kinds,
 * or {@code all}; a folder for the predictions, {@code KIND.f32} as little-endian floats, if
 * wanted.
 */
final class LearnedBits {
  private static final int FIELDS = 9;
  private static final FeatureSchema SCHEMA = TestSchemas.categoricals(FIELDS);

  private LearnedBits() {}

  public static void main(String[] args) throws IOException {
    int examples = Integer.parseInt(args[0]);
    List<ModelKind> kinds =
        args[1].equals("all")
            ? List.of(ModelKind.values())
            : Arrays.stream(args[1].split(",", -1)).map(ModelKind::named).toList();
    for (ModelKind kind : kinds) {
      float[] predictions = new float[examples];
      String line = learn(kind, predictions);
      System.out.println(line);
      if (args.length > 2) {
        ByteBuffer bytes =
            ByteBuffer.allocate(examples * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(predictions);
        Files.write(Path.of(args[2], kind + ".f32"), bytes.array());
      }
    }
  }

  /** The kind, the checksum and the arithmetic's name, by tabs. */
  private static String learn(ModelKind kind, float[] predictions) {
    SplittableRandom random = new SplittableRandom(7);
    ModelConfig config = ModelConfig.defaults(kind, "m", SCHEMA);
    try (CompiledModel compiled =
            CompiledModel.of(config, SCHEMA, ProgramEngine.chosen(), ComputeDevice.CPU);
        Learner learner = new Learner(compiled, Long.MAX_VALUE)) {
      EncodedBatch batch = new EncodedBatch(FIELDS);
      for (int at = 0; at < predictions.length; at += config.stepSize()) {
        int size = Math.min(config.stepSize(), predictions.length - at);
        byte[] labels = new byte[size];
        batch.clear();
        for (int b = 0; b < size; b++) {
          labels[b] = append(random, batch);
        }
        float[] answered = new float[size];
        learner.learn(batch, labels, answered);
        System.arraycopy(answered, 0, predictions, at, size);
      }
      CRC32 sum = new CRC32();
      sum.update(learner.denseState());
      for (int row = 0; row < learner.table().rows(); row++) {
        float[] values = new float[learner.table().rowWidth()];
        learner.table().addRow(row, 1, values, 0);
        add(sum, values);
      }
      add(sum, predictions);
      return "%s\t%08x\t%s".formatted(kind, sum.getValue(), compiled.arithmetic());
    }
  }

  private static void add(CRC32 sum, float[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    sum.update(bytes.array());
  }

  /** Fields of 5 to 3,000 values with weights of all sizes; one field in ten has none. */
  private static byte append(SplittableRandom random, EncodedBatch batch) {
    EncodedBatch.Appender example = batch.append();
    double z = -1;
    for (int f = 0; f < FIELDS; f++) {
      int value = random.nextInt(5 + f * f * 37);
      if (random.nextInt(10) > 0) {
        example.add(f * 10_000L + value, 0.1f + random.nextInt(20) / 7f);
        z += value % 3 - 1;
      }
      example.endField();
    }
    example.commit();
    return (byte) (random.nextDouble() < Sigmoid.of(z) ? 1 : 0);
  }
}
