package io.millrace.cli;

import io.millrace.standalone.UserError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A file that figures go to when the work is done. */
final class ReportFile {
  private ReportFile() {}

  /**
   * Checks before the work that it can be written.
   *
   * @throws UserError if it can't
   */
  static void check(Optional<Path> report) {
    if (report.isEmpty()) {
      return;
    }
    Path file = report.get().toAbsolutePath();
    Path folder = file.getParent();
    if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
      throw new UserError(
          "--report %s: expected a file in a folder that is there and can be written"
              .formatted(report.get()));
    }
    if (Files.isDirectory(file)) {
      throw new UserError("--report %s: a folder, expected a file".formatted(report.get()));
    }
  }
}
