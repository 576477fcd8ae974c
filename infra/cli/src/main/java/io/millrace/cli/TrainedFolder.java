package io.millrace.cli;

import io.millrace.standalone.UserError;
import io.millrace.trained.TrainedModel;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads what {@code millrace train} wrote. */
final class TrainedFolder {
  private TrainedFolder() {}

  /**
   * The model in a folder.
   *
   * @throws UserError if there is none, or it can't be read
   */
  static TrainedModel read(Path folder) {
    try {
      return TrainedModel.read(folder);
    } catch (NoSuchFileException e) {
      throw new UserError(
          "no trained model in %s: it has no %s, expected the --out of a millrace train"
              .formatted(folder, Path.of(String.valueOf(e.getMessage())).getFileName()));
    } catch (IOException e) {
      throw new UserError(
          "cannot read a trained model in %s: %s".formatted(folder, e.getMessage()));
    }
  }
}
