package io.millrace.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.FeatureEncoder;
import io.millrace.feature.FeatureRecords;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.trained.LabeledExamples;
import io.millrace.trainer.Epoch;
import io.millrace.trainer.FileDefaults;
import io.millrace.trainer.TrainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyTest {
  private static final FeatureSchema SCHEMA =
      FeatureSchema.parse(
          new Schema.Parser()
              .parse(
                  """
                  {"type":"record","name":"Subject","namespace":"test",
                   "millrace":{"table":{"rows":4096,"dim":8}},
                   "fields":[
                     {"name":"user","type":"string","feature":{"kind":"categorical"}},
                     {"name":"item","type":"string","feature":{"kind":"categorical"}}]}
                  """));

  @TempDir private Path folder;

  /** Fewer epochs than a training would take: what is looked at is what becomes of its result. */
  private static Study study(int epochs) {
    FeatureEncoder encoder = FeatureEncoder.compile(SCHEMA);
    LabeledExamples examples = new LabeledExamples(2);
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 3000; i++) {
      int user = random.nextInt(150);
      int item = random.nextInt(50);
      Map<String, Object> values = Map.of("user", "u" + user, "item", "i" + item);
      encoder.encode(FeatureRecords.fromMap(SCHEMA, values), examples.next());
      double click = (user % 3 == 0 ? 0.7 : 0.2) + (item % 2 == 0 ? 0.2 : 0);
      examples.add(random.nextDouble() < click ? 1 : 0);
    }
    ModelConfig model = FileDefaults.model(ModelKind.FM, "m", SCHEMA);
    TrainerConfig training = TrainerConfig.defaults().withEpochs(epochs);
    return new Study(SCHEMA, List.of("user", "item"), model, training, examples);
  }

  private static final class Log implements Study.Progress {
    final List<String> begun = new ArrayList<>();

    @Override
    public void begins(String run, int done, int all, double secondsLeft) {
      begun.add(done + "/" + all + " " + run);
    }

    @Override
    public void ended(StudyRun run) {}

    @Override
    public void epoch(Epoch epoch) {}
  }

  @Test
  void everySchemeKeepsItsBudgetOrSaysThatItCannot() throws IOException {
    Study study = study(1);
    assertThat(study.tokens()).isEqualTo(200);
    assertThat(study.fullBytes()).isEqualTo(200 * 8 * 4);
    StudyPlan plan = new StudyPlan(SchemeFit.SCHEMES, List.of(1.0, 0.1, 0.02), List.of(1L));
    List<StudyRun> runs = study.run(plan, folder, new Log());
    assertThat(runs).hasSize(24);
    for (StudyRun run : runs) {
      if (run.budget() == 1) {
        assertThat(run.fits()).as(run.scheme()).isTrue();
      }
      if (run.fits()) {
        // beside the budget only what finds pages of 16 rows
        assertThat(run.servedBytes())
            .as("%s at %s", run.scheme(), run.budget())
            .isBetween(1L, (long) (run.budget() * 6400 * 3) + 24);
        assertThat(run.learnerBytes()).isGreaterThan(run.servedBytes());
        assertThat(run.auc()).isBetween(0.4, 0.9);
        assertThat(run.readPerSecond()).isPositive();
        assertThat(run.settings()).contains("\"scheme\":\"" + run.scheme() + "\"");
      } else {
        assertThat(run.settings()).matches("does not fit in (640|128) bytes");
      }
    }
    assertThat(runs).anyMatch(run -> !run.fits());
    String table = StudyReport.table(runs);
    assertThat(table).contains("does not fit in 128 bytes");
    assertThat(table.lines()).hasSize(25);
    assertThat(Files.readString(folder.resolve("study.svg")))
        .startsWith("<svg ")
        .contains(">unified</text>")
        .endsWith("</svg>\n");
  }

  @Test
  void aSecondStartGoesOnWhereTheFirstEnded() throws IOException {
    List<Long> seeds = List.of(1L, 2L);
    List<String> schemes = List.of("unified", "qr");
    Study study = study(2);
    study.run(new StudyPlan(schemes, List.of(0.5), List.of(1L)), folder, new Log());
    Path file = folder.resolve("study.csv");
    String before = Files.readString(file);
    Files.writeString(file, "unified,0.5,2,17", StandardOpenOption.APPEND); // a torn line

    Log log = new Log();
    List<StudyRun> runs = study.run(new StudyPlan(schemes, List.of(0.5), seeds), folder, log);
    assertThat(log.begun).containsExactly("2/4 unified at 0.5, seed 2", "3/4 qr at 0.5, seed 2");
    assertThat(runs).hasSize(4);
    assertThat(Files.readString(file)).startsWith(before);
    assertThat(Files.readAllLines(file)).hasSize(6);
    assertThat(StudyReport.table(runs)).contains(" ± ");

    assertThatThrownBy(
            () -> study(3).run(new StudyPlan(schemes, List.of(0.5), seeds), folder, new Log()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of another study")
        .hasMessageContaining("expected fm of dim 8")
        .hasMessageContaining("take another --out");
  }

  @Test
  void aRunIsReadAsItWasWritten() {
    StudyRun run =
        new StudyRun("qr", 0.1, 3, 10, 20, 0.75, 0.5, 1000, 2000, "{\"a\":1,\"b\":\"x\"}");
    assertThat(StudyRun.parse(run.line())).isEqualTo(run);
    assertThatThrownBy(() -> StudyRun.parse("qr,0.1"))
        .hasMessage("\"qr,0.1\": 2 columns, expected 10");
  }

  @Test
  void aPlanIsChecked() {
    assertThatThrownBy(() -> new StudyPlan(List.of("qrr"), List.of(1.0), List.of(1L)))
        .hasMessageStartingWith("schemes: \"qrr\", expected some of unified, hash, qr");
    assertThatThrownBy(() -> new StudyPlan(List.of("qr"), List.of(0.0), List.of(1L)))
        .hasMessage("budgets: 0.0, expected above 0, at most 100");
    assertThatThrownBy(() -> new StudyPlan(List.of("qr"), List.of(), List.of(1L)))
        .hasMessage("schemes, budgets, seeds: 1, 0, 1, expected at least one of each");
  }
}
