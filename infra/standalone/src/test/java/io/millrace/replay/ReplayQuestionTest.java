package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.file.SchemaDraft;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.StreamModel;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data directory answers one question, also of a file that has grown. */
class ReplayQuestionTest {
  private static final String ROWS = "user,ad,bought,clicked\nu1,a1,0,1\nu2,a2,1,0\nu1,a2,1,0\n";

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("f.csv"), text);
  }

  /** The drafted schema as a file, without the lines that match. */
  private SourceSettings withSchema(Path file, String without) throws IOException {
    String draft = SchemaDraft.json(SourceFile.of(file, label("clicked")).plan());
    Path schema =
        Files.writeString(
            folder.resolve("f.avsc"), draft.replaceAll("(?m)^.*" + without + ".*$", ""));
    return label("clicked").withSchema(Optional.of(schema));
  }

  private static SourceSettings label(String label) {
    return SourceSettings.NONE.withLabel(Optional.of(label));
  }

  /** Asks, and keeps what has grown. */
  private long ask(Path file, SourceSettings settings) throws IOException {
    SourceFile source = SourceFile.of(file, settings);
    try (DataDirectory directory = DataDirectory.open(folder.resolve("data"))) {
      ReplayQuestion question =
          new ReplayQuestion(
              directory,
              new Replay.Source(source, Optional.empty(), null),
              StreamModel.fresh(ModelConfig.defaults(ModelKind.LR, "lr", source.schema())));
      long grown = question.check();
      question.keepGrown();
      return grown;
    }
  }

  private void refused(Path file, SourceSettings settings, String... words) {
    assertThatThrownBy(() -> ask(file, settings))
        .isInstanceOf(UserError.class)
        .hasMessageContainingAll(words)
        .hasMessageContaining("or another --data-dir");
  }

  @Test
  void anotherLabelIsAnotherQuestion() throws IOException {
    Path file = file(ROWS);
    assertThat(ask(file, label("clicked"))).isZero();
    assertThat(ask(file, label("clicked"))).isZero();
    refused(file, label("bought"), "with label clicked, now bought;");
    refused(file, label("clicked").withPositive(Optional.of("0")), "now clicked (positive is '0'");
    refused(file, label("clicked").withTypes(Optional.of("ad=text")), "options of the file");
  }

  @Test
  void anotherSchemaIsRefusedWithWhatDiffers() throws IOException {
    Path file = file(ROWS);
    ask(file, label("clicked"));
    assertThat(ask(file, withSchema(file, "nothing"))).isZero();
    refused(file, withSchema(file, "\"name\":\"ad\""), "another schema: ad: ");
  }

  @Test
  void whatIsFoundOfAFileThatHasGrownIsTheSameQuestion() throws IOException {
    ask(file(ROWS), SourceSettings.NONE.withLabel(Optional.of("clicked")));
    // A number among the users, and more values: the draft has become another one.
    assertThat(ask(file(ROWS + "7,a9,0,1\n"), label("clicked"))).isEqualTo(9);
    assertThat(ask(file(ROWS + "7,a9,0,1\n"), label("clicked"))).isZero();
    Path more = file(ROWS + "7,a9,0,1\n8,a9,0,1\n");
    refused(more, label("bought"), "with label clicked, now bought;");
    refused(more, withSchema(more, "\"name\":\"ad\""), "another schema: ad: ");
  }
}
