package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a data directory is, and what stays in one that is emptied. */
class DataDirectoryTest {
  @TempDir Path folder;

  @Test
  void belongsToOneCommand() {
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      directory.useFor("up");
      directory.useFor("up");
      assertThatThrownBy(() -> directory.useFor("replay"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("belongs to millrace up, expected one of millrace replay");
    }
  }

  @Test
  void aPlatformOfBeforeCommandsWereKeptIsNoReplays() {
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      directory.fix("cluster.id", "c");
      assertThatThrownBy(() -> directory.useFor("replay"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("belongs to millrace up or demo");
      directory.fix("replay.file", "f.csv");
      directory.useFor("replay");
    }
  }

  @Test
  void whatIsFixedStaysWhereItIsEmptied() throws IOException {
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      directory.fix("cluster.id", "c");
      Files.writeString(directory.kafka().resolve("log"), "x");
      Files.writeString(directory.report(), "{}");
      directory.empty();
      assertThat(directory.kafka()).isEmptyDirectory();
      assertThat(directory.report()).doesNotExist();
      assertThat(directory.known("cluster.id")).isEqualTo("c");
    }
  }

  @Test
  void whatWasCreatedForNothingIsTakenAway() throws IOException {
    try (DataDirectory directory = DataDirectory.open(folder.resolve("new/data"))) {
      directory.useFor("up");
      directory.discardIfCreated();
    }
    assertThat(folder.resolve("new")).doesNotExist();

    Files.createDirectories(folder.resolve("old/data"));
    try (DataDirectory directory = DataDirectory.open(folder.resolve("old/data"))) {
      directory.useFor("up");
      directory.discardIfCreated();
    }
    assertThat(folder.resolve("old/data/identity.properties")).exists();
  }

  @Test
  void aPlaceThatCannotBeOneIsSaidWithoutAJavaClass() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(UserError.class)
        .hasMessage("cannot use data directory %s: a file is in its way".formatted(file));
  }
}
