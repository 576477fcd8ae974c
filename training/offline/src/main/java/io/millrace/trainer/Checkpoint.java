package io.millrace.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.learner.CompiledModel;
import io.millrace.trained.AtomicFile;
import io.millrace.trained.Weights;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that says where a training stands after an epoch, so that it can go on after its process
 * has ended in any way. Big endian: "MRCP", byte 1; int length and bytes of a JSON object with
 * {@code identity} ({@link TrainingIdentity}) and {@code epochs}; the best epoch's {@link Weights};
 * the {@link Trainer}.
 *
 * @param file replaced as a whole after each epoch
 */
public record Checkpoint(Path file) {
  private static final int MAGIC = 0x4D524350;
  private static final int FORMAT = 1;
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private record Header(TrainingIdentity identity, List<Epoch> epochs) {}

  /** The checkpoint of a training whose result goes to a folder. */
  public static Checkpoint in(Path folder) {
    return new Checkpoint(folder.resolve("checkpoint.bin"));
  }

  /** Whether there is one. */
  public boolean exists() {
    return Files.exists(file);
  }

  /** Removes it, if there is one. */
  public void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  void write(TrainingIdentity identity, List<Epoch> epochs, Weights best, Trainer trainer)
      throws IOException {
    byte[] header = JSON.writeValueAsBytes(new Header(identity, epochs));
    AtomicFile.write(
        file,
        out -> {
          out.writeInt(MAGIC);
          out.writeByte(FORMAT);
          out.writeInt(header.length);
          out.write(header);
          best.write(out);
          trainer.write(out);
        });
  }

  /**
   * Reads it.
   *
   * @param identity of the training that is to go on
   * @param epochs the epochs so far are added here
   * @param trainer brought to where it was
   * @return the weights of the best of them
   * @throws IllegalArgumentException if it is the checkpoint of another training
   * @throws IOException if there is none, or it is not of this form, naming the file
   */
  Weights read(
      TrainingIdentity identity, CompiledModel compiled, List<Epoch> epochs, Trainer trainer)
      throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      int magic = in.readInt();
      int format = in.readByte();
      if (magic != MAGIC || format != FORMAT) {
        throw new IOException(
            "%s: magic %08x format %d, expected %08x format %d"
                .formatted(file, magic, format, MAGIC, FORMAT));
      }
      Header header = JSON.readValue(in.readNBytes(in.readInt()), Header.class);
      try {
        identity.require(header.identity());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
      epochs.addAll(header.epochs());
      Weights best = Weights.read(in, compiled.scheme().rowWidth(), compiled.model().tensors());
      trainer.read(in);
      return best;
    } catch (NoSuchFileException e) {
      throw new IOException("no checkpoint at " + file, e);
    } catch (EOFException e) {
      throw new IOException(file + ": cut short", e);
    }
  }
}
