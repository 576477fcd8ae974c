package io.millrace.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.Feature;
import io.millrace.feature.FeatureSchema;
import io.millrace.file.DataSet;
import io.millrace.learner.Compute;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.replay.Evolution;
import io.millrace.replay.Replay;
import io.millrace.replay.ReplayReport;
import io.millrace.replay.SourceFile;
import io.millrace.replay.SourceSettings;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.StreamModel;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A feature is added to the schema while the events of a file flow. */
class EvolvedReplayTest {
  private static final int ROWS = 24_000;
  private static final FeatureSchema FULL = BuiltInSchemas.load(BuiltInSchemas.MOVIELENS_STREAM);

  @TempDir Path folder;

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private ReplayReport replay(Path file, ModelKind kind, double at) throws Exception {
    // made-up labels depend on the user's group, which is the age, and the item's
    Evolution evolution = Evolution.adding("age", FULL, at);
    SourceFile source =
        SourceFile.of(file, SourceSettings.ofFormat(DataSet.MOVIELENS_STREAM.schemaName()));
    try (DataDirectory directory = DataDirectory.open(data(kind, at))) {
      return new Replay(
              directory,
              new Replay.Source(source, Optional.empty(), evolution),
              StreamModel.fresh(ModelConfig.defaults(kind, "m", evolution.before())),
              Compute.DEFAULT,
              new PrintStream(printed, true, StandardCharsets.UTF_8))
          .run()
          .figures()
          .orElseThrow();
    }
  }

  private Path data(ModelKind kind, double at) {
    return folder.resolve("data-" + kind + "-" + at);
  }

  @Test
  void noEventIsLostAndTheFeatureImprovesTheSecondHalf() throws Exception {
    Path file = SyntheticRatings.writeUsable(folder.resolve("ratings.csv"), ROWS, 3);
    ReplayReport without = replay(file, ModelKind.FM, 1);
    assertThat(printed.toString(StandardCharsets.UTF_8)).doesNotContain("live model");
    ReplayReport with = replay(file, ModelKind.FM, 0.5);

    assertThat(with.whole().examples()).isEqualTo(without.whole().examples());
    assertThat(with.rejected()).isZero();
    assertThat(with.secondHalf().auc()).isGreaterThan(without.secondHalf().auc());
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("compatible: age: added: models that can take it in")
        .contains("live model m (fm) follows: takes in age at the first event that has it")
        .contains("io.millrace.formats.MovielensRating version 2 has the id");
    try (ReplayedData left = new ReplayedData(data(ModelKind.FM, 0.5))) {
      ModelSnapshot published = left.learned().published("m", folder.resolve("view"));
      FeatureSchema schema =
          FeatureSchema.parse(new Schema.Parser().parse(published.manifest().getFeatureSchema()));
      assertThat(schema.encodedFields()).extracting(Feature::name).endsWith("year", "age");
      assertThat(left.learned().difference(published)).isEmpty();
    }
  }

  @Test
  void attentionGoesOnWithoutTheFeature() throws Exception {
    Path file = SyntheticRatings.writeUsable(folder.resolve("ratings.csv"), 4_000, 3);
    ReplayReport report = replay(file, ModelKind.AUTOINT, 0.5);
    assertThat(report.whole().examples()).isEqualTo(3_996);
    assertThat(report.rejected()).isZero();
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("live model m (autoint) goes on: goes on without age");
  }
}
