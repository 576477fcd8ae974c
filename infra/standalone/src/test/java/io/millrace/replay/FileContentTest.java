package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay goes on with the file that it began with, and with no other. */
class FileContentTest {
  @TempDir Path folder;

  @Test
  void moreAtTheEndIsTheSameFileAndAnythingElseIsAnother() throws IOException {
    Path file = Files.writeString(folder.resolve("f.csv"), "a,label\nx,1\n");
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      assertThat(FileContent.grownBy(directory, file)).isZero();
      assertThat(FileContent.grownBy(directory, file)).isZero();
      Files.writeString(file, "a,label\nx,1\ny,0\n");
      assertThat(FileContent.grownBy(directory, file)).isEqualTo(4);
      assertThat(FileContent.grownBy(directory, file)).isEqualTo(4);
      // What has grown is what is expected once it is kept.
      FileContent.fix(directory, file);
      assertThat(FileContent.grownBy(directory, file)).isZero();
      Files.writeString(file, "a,label\nx,1\n");
      assertThatThrownBy(() -> FileContent.grownBy(directory, file))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("16 bytes then, 12 now");
      Files.writeString(file, "a,label\nx,1\nz,0\n");
      assertThatThrownBy(() -> FileContent.grownBy(directory, file))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("another f.csv");
    }
  }
}
