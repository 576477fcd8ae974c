package io.millrace.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The checkpoints that a job left in a folder: {@code <job id>/chk-<n>/_metadata}. Flink writes
 * {@code _metadata} last, so a checkpoint that has it is complete.
 */
final class RetainedCheckpoints {
  private RetainedCheckpoints() {}

  /** The newest complete checkpoint of a job that has had several ids, or empty. */
  static Optional<Path> newest(Path checkpoints, List<String> jobIds) {
    return jobIds.stream()
        .flatMap(id -> newest(checkpoints, id).stream())
        .max(Comparator.comparing(RetainedCheckpoints::written));
  }

  private static FileTime written(Path checkpoint) {
    try {
      return Files.getLastModifiedTime(checkpoint.resolve("_metadata"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The newest complete checkpoint of a job, or empty if it has none. */
  static Optional<Path> newest(Path checkpoints, String jobId) {
    Path folder = checkpoints.resolve(jobId);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (var entries = Files.list(folder)) {
      return entries
          .filter(p -> p.getFileName().toString().startsWith("chk-"))
          .filter(p -> Files.isRegularFile(p.resolve("_metadata")))
          .max(Comparator.comparingLong(RetainedCheckpoints::number));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(Path checkpoint) {
    return Long.parseLong(checkpoint.getFileName().toString().substring("chk-".length()));
  }
}
