package io.millrace.doctor;

import io.millrace.standalone.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder that everything is kept in, or the one that it would be made in. */
final class FolderCheck {
  private static final String WHAT = "data directory";

  private FolderCheck() {}

  static List<Finding> look(Path dataDirectory) {
    Path root = dataDirectory.toAbsolutePath().normalize();
    Path there = root;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (!Files.isDirectory(there)) {
      return List.of(Finding.problem(WHAT, there + ": a file, expected a folder"));
    }
    if (!Files.isWritable(there)) {
      return List.of(
          Finding.problem(WHAT, there + ": not writable for this user, expected that it is"));
    }
    if (DataDirectory.isInUse(root)) {
      return List.of(
          Finding.warning(WHAT, root + ": a Millrace process runs on it, and another cannot"));
    }
    try {
      return List.of(space(root, Files.getFileStore(there).getUsableSpace()));
    } catch (IOException e) {
      return List.of(
          Finding.warning(WHAT, root + ": how much space is free is not known, " + e.getMessage()));
    }
  }

  static Finding space(Path root, long free) {
    String words = "%s: %d MB free".formatted(root, free >> 20);
    return free < DataDirectory.MIN_FREE_BYTES
        ? Finding.problem(
            WHAT, words + ", expected at least " + (DataDirectory.MIN_FREE_BYTES >> 20) + " MB")
        : Finding.ok(WHAT, words);
  }
}
