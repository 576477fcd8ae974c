package io.millrace.demo;

import io.millrace.metrics.Evaluation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The ceiling's evaluation in a file, in the form that {@link Evaluation} documents. */
record CeilingFile(Path path) {

  /** What was stored, or an empty evaluation if nothing was. */
  Evaluation load() {
    try {
      return Files.exists(path) ? Evaluation.fromBytes(Files.readAllBytes(path)) : new Evaluation();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          path + " is not a stored ceiling: " + e.getMessage() + "; delete it to begin anew", e);
    }
  }

  /** Replaces what was stored, whole or not at all. */
  void store(Evaluation evaluation) {
    Path next = path.resolveSibling(path.getFileName() + ".next");
    try {
      Files.write(next, evaluation.toBytes());
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }
}
