package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.file.RowReader;
import io.millrace.file.decoding.UnusableFileException;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFileTest {
  private static final String SCHEMA =
      """
      {"type":"record","name":"Row","namespace":"t","millrace":{"id":"id","time":"ts"},
       "fields":[
        {"name":"id","type":"string"},
        {"name":"ts","type":{"type":"long","logicalType":"timestamp-millis"},
         "feature":{"kind":"categorical","transform":"hour_of_day"}},
        {"name":"user","type":"string","feature":{"kind":"categorical"}}]}
      """;

  @TempDir Path folder;

  private Path file(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private SourceSettings withSchema() throws IOException {
    Path schema = Files.writeString(folder.resolve("s.avsc"), SCHEMA);
    return SourceSettings.NONE.withSchema(Optional.of(schema));
  }

  @Test
  void rowsWithATimeOfTheirOwnAreStreamedInItsOrder() throws IOException {
    SourceFile file =
        SourceFile.of(
            file(
                "f.csv",
                "ts,user,clicked",
                "2017-11-07 12:00:00,b,1",
                "2017-11-07 09:00:00,a,0",
                "2017-11-07 23:00:00,c,1"),
            withSchema());
    assertThat(file.ownTime()).isTrue();
    List<Long> lines = new ArrayList<>();
    try (RowReader rows = file.open(Optional.empty(), folder)) {
      for (var row = rows.next(); row != null; row = rows.next()) {
        lines.add(row.line());
      }
    }
    assertThat(lines).containsExactly(3L, 2L, 4L);
    assertThatThrownBy(() -> new Replay.Source(file, Optional.of("user"), null))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--order-by 'user'")
        .hasMessageContaining("'ts'")
        .hasMessageContaining("--time none");
  }

  @Test
  void aFeatureThatIsAMadeUpTimeIsSaid() throws IOException {
    SourceFile file =
        SourceFile.of(file("f.csv", "user,clicked", "b,1", "a,0", "c,1"), withSchema());
    assertThat(file.ownTime()).isFalse();
    assertThat(String.join("\n", file.describe()))
        .contains("feature 'ts' is the event time, which the file does not have: it is made up");
  }

  @Test
  void theColumnThatSaysTheOrderIsUsed() throws IOException {
    Path file = file("f.csv", "n,seq,user,clicked", "1,7,b,1", "2,5,a,0", "3,6,c,1");
    Path schema = Files.writeString(folder.resolve("s.avsc"), SCHEMA);
    SourceFile source = SourceFile.of(file, SourceSettings.NONE.withSchema(Optional.of(schema)));
    assertThat(source.describe()).contains("note: not used of the file: n, seq");
    assertThat(source.describe(Optional.of("seq"))).contains("note: not used of the file: n");
  }

  @Test
  void anotherFileHasTheSameRuleOfTheLabel() throws IOException {
    SourceFile train =
        SourceFile.of(
            file("train.csv", "user,rating", "a,1", "b,5", "c,4", "d,2", "e,3.5"),
            SourceSettings.NONE);
    // By itself this one would have another threshold, or be of one class.
    SourceFile valid = train.like(file("valid.csv", "user,rating", "a,5", "b,4", "c,1"));
    assertThat(train.plan().label().orElseThrow().rule())
        .isEqualTo(valid.plan().label().orElseThrow().rule());
    assertThat(valid.schema()).isSameAs(train.schema());
  }

  @Test
  void aSchemaThatDoesNotFitIsRefusedBeforeAnythingIsRead() throws IOException {
    Path file = file("f.csv", "ts,User,clicked", "2017-11-07 12:00:00,b,1");
    assertThatThrownBy(() -> SourceFile.of(file, withSchema()))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("column 'user' is not in the file, did you mean 'User'?");
  }

  @Test
  void aKnownDataSetHasItsSchemaAndNoTimeOfItsOwn() throws IOException {
    SourceFile file =
        SourceFile.of(
            file(
                "ml.csv",
                "label,ts,user,item,gender,age,occ,zip,genres,year",
                "1,978300760,1,1193,F,1,10,48067,Drama,1975",
                "0,978300761,2,661,M,56,16,70072,Animation|Musical,1996"),
            SourceSettings.ofFormat("movielens-stream"));
    assertThat(file.formatName()).isEqualTo("movielens-stream");
    assertThat(file.ownTime()).isFalse();
    assertThat(file.drafted()).isFalse();
  }

  @Test
  void aFileThatIsNoneOfItsDataSetIsToldWhatTheseAre() throws IOException {
    Path ratings = file("ratings.dat", "1::1193::5::978300760", "1::661::3::978302109");
    assertThatThrownBy(() -> SourceFile.of(ratings, SourceSettings.ofFormat("movielens-stream")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("--format movielens-stream is a csv of MovieLens ratings")
        .hasMessageContaining("without --format the file is taken for what it is");
    assertThatThrownBy(() -> SourceFile.of(folder.resolve("no"), SourceSettings.ofFormat("criteo")))
        .hasMessageEndingWith("no file at " + folder.resolve("no"));
  }
}
