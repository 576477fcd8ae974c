package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of the documentation that the build writes, and compares with what it would write. */
final class WrittenPage {
  private WrittenPage() {}

  /**
   * Requires a page to be as it would be written now; with {@code millrace.rewrite} writes it.
   *
   * @param page below the project's root
   * @param script that writes it
   */
  static void requireAsNow(String page, String script, String now) throws IOException {
    Path file = root().resolve(page);
    if (Boolean.getBoolean("millrace.rewrite")) {
      Files.writeString(file, now);
    }
    assertThat(Files.exists(file) ? Files.readString(file) : "")
        .as("%s is written by %s", file, script)
        .isEqualTo(now);
  }

  /** The project's root. */
  static Path root() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("CONTRIBUTING.md"))) {
        return at;
      }
    }
    throw new IllegalStateException("no CONTRIBUTING.md above the working directory");
  }
}
