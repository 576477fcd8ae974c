package io.millrace.trained;

import io.millrace.embedding.EmbeddingTable;
import io.millrace.embedding.LearnerTable;
import io.millrace.learner.Floats;
import io.millrace.model.ExpertMixture;
import io.millrace.model.TensorSpec;
import io.millrace.model.Tensors;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * A model's weights at one moment: the rows that training has touched, and the dense tensors.
 *
 * <p>Stored form, big endian: int rows, int W; of each row its number as long and W floats; int
 * tensors; of each its UTF name, int size and floats.
 *
 * @param rows their numbers [R]
 * @param values [R, W]
 * @param tensors a copy of their own
 */
@SuppressWarnings("ArrayRecordComponent") // a snapshot, never compared
public record Weights(long[] rows, float[] values, Tensors tensors) {

  /** Copies the given rows of a table. */
  public static Weights copy(long[] rows, EmbeddingTable table, Tensors tensors) {
    int width = table.rowWidth();
    float[] values = new float[rows.length * width];
    for (int i = 0; i < rows.length; i++) {
      table.addRow(rows[i], 1, values, i * width);
    }
    return new Weights(rows, values, tensors.copy());
  }

  /** Sets the rows of a table to these values; its slots stay. */
  public void copyTo(LearnerTable table) {
    int width = table.rowWidth();
    for (int i = 0; i < rows.length; i++) {
      table.put(rows[i], values, i * width);
    }
  }

  /** Sets rows and tensors to these values. */
  public void copyTo(LearnerTable table, Tensors into) {
    copyTo(table);
    copyTensorsTo(into);
  }

  /** Sets tensors to these values. */
  public void copyTensorsTo(Tensors into) {
    for (int t = 0; t < into.values().length; t++) {
      float[] from = tensors.values()[t];
      System.arraycopy(from, 0, into.values()[t], 0, from.length);
    }
  }

  /** A copy that nothing else writes to. */
  public Weights copy() {
    return new Weights(rows, values.clone(), tensors.copy());
  }

  /**
   * These weights for each expert of a mixture, in the layout of {@link ExpertMixture}.
   *
   * @param specs of the mixture
   */
  public Weights forExperts(int experts, List<TensorSpec> specs) {
    int width = rows.length == 0 ? 0 : values.length / rows.length;
    float[] copies = new float[experts * values.length];
    for (int i = 0; i < rows.length * experts; i++) {
      System.arraycopy(values, i / experts * width, copies, i * width, width);
    }
    return new Weights(rows, copies, ExpertMixture.continuing(specs, tensors));
  }

  /** Writes the stored form. */
  public void write(DataOutputStream out) throws IOException {
    int width = rows.length == 0 ? 0 : values.length / rows.length;
    out.writeInt(rows.length);
    out.writeInt(width);
    for (int i = 0; i < rows.length; i++) {
      out.writeLong(rows[i]);
      for (int j = 0; j < width; j++) {
        out.writeFloat(values[i * width + j]);
      }
    }
    out.writeInt(tensors.values().length);
    for (int t = 0; t < tensors.values().length; t++) {
      out.writeUTF(tensors.specs().get(t).name());
      out.writeInt(tensors.values()[t].length);
      Floats.write(tensors.values()[t], out);
    }
  }

  /**
   * Reads the stored form.
   *
   * @param width W of the model
   * @param specs of the model
   * @throws IOException if it is that of another model, naming the difference
   */
  public static Weights read(DataInputStream in, int width, List<TensorSpec> specs)
      throws IOException {
    int count = in.readInt();
    int stored = in.readInt();
    if (count < 0 || (count > 0 && stored != width)) {
      throw new IOException(
          "rows %d of %d values, expected rows of %d".formatted(count, stored, width));
    }
    long[] rows = new long[count];
    float[] values = new float[Math.multiplyExact(count, width)];
    for (int i = 0; i < count; i++) {
      rows[i] = in.readLong();
      for (int j = 0; j < width; j++) {
        values[i * width + j] = in.readFloat();
      }
    }
    Tensors tensors = Tensors.zeros(specs);
    int tensorCount = in.readInt();
    if (tensorCount != specs.size()) {
      throw new IOException("%d tensors, expected %d".formatted(tensorCount, specs.size()));
    }
    for (int t = 0; t < tensorCount; t++) {
      String name = in.readUTF();
      int size = in.readInt();
      TensorSpec spec = specs.get(t);
      if (!name.equals(spec.name()) || size != spec.size()) {
        throw new IOException(
            "tensor %s of %d values, expected %s of %d"
                .formatted(name, size, spec.name(), spec.size()));
      }
      Floats.read(in, tensors.values()[t]);
    }
    return new Weights(rows, values, tensors);
  }
}
