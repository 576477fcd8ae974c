package io.millrace.standalone;

import io.millrace.serving.http.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sees a disk that is about to be full. Not thread-safe. */
final class DiskWatch {
  /** With less free space than this the disk is a part that fails. */
  static final long NEARLY_FULL_BYTES = 256L << 20;

  private @Nullable Instant since;

  /** The disk of a folder, if it is nearly full. */
  Optional<Part> look(Path folder, Instant now) {
    long free;
    try {
      free = Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return Optional.empty();
    }
    if (free >= NEARLY_FULL_BYTES) {
      since = null;
      return Optional.empty();
    }
    Instant from = since == null ? now : since;
    since = from;
    return Optional.of(
        new Part(
            "Disk of " + folder,
            Part.State.UNREACHABLE,
            from,
            "%d MB are free, expected at least %d MB"
                .formatted(free >> 20, NEARLY_FULL_BYTES >> 20)));
  }
}
