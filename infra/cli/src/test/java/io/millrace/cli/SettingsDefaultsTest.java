package io.millrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.settings.Key;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** All settings of all processes with their defaults, which users rely on. */
class SettingsDefaultsTest {

  /** Whoever adds a setting, or changes a default, writes the line in settings.txt too. */
  @Test
  void allKeysAndDefaultsArePinned() throws IOException {
    List<String> keys =
        SettingsOfProcess.ALL.stream()
            .flatMap(
                process ->
                    process.keys().stream()
                        .map(
                            key ->
                                "%s %s = %s"
                                    .formatted(
                                        process.name(),
                                        key.path(),
                                        key.defaultText().orElse("none"))))
            .toList();
    try (InputStream in =
        Objects.requireNonNull(SettingsDefaultsTest.class.getResourceAsStream("/settings.txt"))) {
      List<String> pinned =
          new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().lines().toList();
      assertThat(String.join("\n", keys)).isEqualTo(String.join("\n", pinned));
    }
  }

  @Test
  void everyOptionSetsAKeyThatIsThere() {
    for (SettingsOfProcess process : SettingsOfProcess.ALL) {
      assertThat(process.keys())
          .extracting(Key::path)
          .as(process.name())
          .containsAll(new TreeSet<>(process.options().keySet()));
    }
  }
}
