package io.millrace.file;

import static io.millrace.file.FilesByHand.plan;
import static io.millrace.file.FilesByHand.records;
import static io.millrace.file.FilesByHand.rejected;
import static io.millrace.file.FilesByHand.rows;
import static io.millrace.file.FilesByHand.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.FeatureSchema;
import io.millrace.file.FileOptions.Option;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** libsvm, libffm and Vowpal Wabbit's text. */
class SparseRowsTest {
  private static final FeatureSchema USER_AD =
      schema(
          "{\"name\":\"user\",\"type\":\"string\",\"feature\":{\"kind\":\"categorical\"}},"
              + "{\"name\":\"ad\",\"type\":\"string\",\"feature\":{\"kind\":\"categorical\"}}");

  @TempDir Path folder;

  @Test
  void equallyManyPairsAreOnePlaceEach() {
    FilePlan plan = plan(folder, "1 4:1 29:1\n0 5:1 29:1\n-1 4:1.000000 30:1e0\n");
    assertThat(plan.format()).isEqualTo(FileFormat.LIBSVM);
    assertThat(plan.names()).containsExactly("label", "f0", "f1");
    assertThat(rows(plan)).containsExactly("1|4|29", "0|5|29", "-1|4|30");
  }

  @Test
  void placesGoToTheFeaturesOfASchemaInTheirOrder() {
    FilePlan plan = plan(folder, "1 4:1 29:1\n0 5:1 29:1\n");
    assertThat(records(plan, USER_AD, new Rejections()).get(0).get("ad")).hasToString("29");
    FilePlan ffm = plan(folder, "1 0:4:1 1:29:1\n0 0:5:1 1:29:1\n");
    assertThat(records(ffm, USER_AD, new Rejections()).get(0).get("ad")).hasToString("29");
  }

  @Test
  void commentsQidsAndEmptyLinesAreNoRows() {
    FilePlan plan =
        plan(
            folder,
            "# head\n1 4:1 29:1 # row\n\n0\tqid:7\t5:1\t29:1   \n+1 6:1 27:1\n0.000000 5:1 21:1\n");
    assertThat(rows(plan)).containsExactly("1|4|29", "0|5|29", "+1|6|27", "0.000000|5|21");
    assertThat(rejected(plan)).isEmpty();
  }

  @Test
  void commentsDoNotHideTheFormat() {
    assertThat(plan(folder, "# a\n# b\n1 2:1\n#c\n0 1:1 3:0.5\n").format())
        .isEqualTo(FileFormat.LIBSVM);
    assertThat(plan(folder, "# a\n0:2:1\n0:1:1 1:3:0.5\n", Option.LABEL, "none").format())
        .isEqualTo(FileFormat.LIBFFM);
  }

  @Test
  void aSchemaSaysHowManyPlacesAreUsual() {
    String text = "1 4:1 29:1\n0 5:1 29:1\n1 6:1\n0 7:1 8:0.5\n1 3:1 2:1\n";
    FilePlan plan =
        FilePlan.of(FilesByHand.write(folder, "f", text), FileOptions.NONE.forSchema(USER_AD));
    assertThat(plan.names()).containsExactly("label", "f0", "f1");
    assertThat(rejected(plan))
        .contains(
            "  line 3: 1 id:value pairs, expected 2", "  line 4: pair '8:0.5', expected id:1");
  }

  @Test
  void anyNumberOfPairsIsABag() {
    FilePlan plan = plan(folder, "1 4:1 29:1 31:1\n0 5:1\n1 4:1 5:1\n");
    assertThat(plan.names()).containsExactly("label", "features");
    assertThat(plan.columns().get(1).type()).isEqualTo(ColumnType.LIST);
    FeatureSchema draft = SchemaDraft.schema(plan);
    assertThat(records(plan, draft, new Rejections()).get(0).get("features"))
        .hasToString("[4, 29, 31]");
  }

  @Test
  void fewIdsWithValuesAreNumbers() {
    FilePlan plan = plan(folder, "1 1:2596 2:51 3:3\n2 1:2590 2:56\n2 1:2804 3:0.5\n");
    assertThat(plan.names()).containsExactly("label", "f1", "f2", "f3");
    assertThat(rows(plan)).containsExactly("1|2596|51|3", "2|2590|56|null", "2|2804|null|0.5");
    assertThat(plan.describe().get(2)).isEqualTo("label: label (66.7 % positive, positive is '2')");
  }

  @Test
  void libffmFieldsAreColumns() {
    FilePlan plan = plan(folder, "1 0:5:1 1:7:1 1:8:1 2:3:0.25\n0 0:6:1 1:7:1 2:3:0.5\n");
    assertThat(plan.format()).isEqualTo(FileFormat.LIBFFM);
    assertThat(plan.names()).containsExactly("label", "f0", "f1", "f2");
    assertThat(plan.columns().stream().map(Column::type))
        .containsExactly(ColumnType.WHOLE, ColumnType.WHOLE, ColumnType.LIST, ColumnType.NUMBER);
  }

  @Test
  void whatIsCalledByAnotherNameIsRefusedAtItsFirstPair() {
    assertThatThrownBy(
            () -> plan(folder, "1 0:5:1 1:7:1\n0 0:6:1 1:7:1\n", Option.FORMAT, "libsvm"))
        .hasMessageContaining("line 1: pair '0:5:1', expected id:1".replace("id:1", "id:value"))
        .hasMessageContaining("field:feature:value is LIBFFM's format");
    assertThatThrownBy(() -> plan(folder, "1 5:1\n", Option.FORMAT, "libffm"))
        .hasMessageContaining("id:value is libsvm's format");
  }

  @Test
  void namespacesAreColumns() {
    FilePlan plan =
        plan(
            folder,
            "1 |u u1 |a a1 a2\n-1 2.0 'tag2|u u2 |a a1 |n price:2.5 age:3\n1 |u u1 |n age:4\n");
    assertThat(plan.format()).isEqualTo(FileFormat.VW);
    assertThat(plan.names()).containsExactly("label", "tag", "u", "a", "n_age", "n_price");
    assertThat(rows(plan).get(1)).isEqualTo("-1|tag2|u2|a1|3|2.5");
    assertThat(rows(plan(folder, "1 | a b\n0 | b\n"))).hasSize(2);
  }

  /** Of a model of ids 1 to 3, a file may have others, fewer, or only values of 1. */
  @ParameterizedTest
  @ValueSource(strings = {"1 1:0.5\n0 1:2 9:4\n", "1 1:1\n0 1:1\n", "1:1\n"})
  void aFileHasTheIdsOfASchemaWhetherALineHasThemOrNot(String text) {
    FeatureSchema draft =
        SchemaDraft.schema(plan(folder, "1 1:0.5 2:3\n0 1:2 3:1.5\n1 2:4\n0 3:2\n"));
    FilePlan other =
        FilePlan.of(
            FilesByHand.write(folder, "other", text),
            FileOptions.NONE.forSchema(draft).with(Option.LABEL, "none"));
    assertThat(other.names()).contains("f1", "f2", "f3");
    GenericRecord first = records(other, draft, new Rejections()).get(0);
    assertThat(first.get("f1")).isNotNull();
    assertThat(first.get("f3")).isNull();
    assertThat(SchemaFit.of(draft, other).notes(Optional.empty()))
        .contains("features f2, f3 are empty in every row");
  }

  @Test
  void aBagStaysOneInAFileThatLooksOtherwise() {
    FeatureSchema bag = SchemaDraft.schema(plan(folder, "1 4:1 29:1 31:1\n0 5:1\n1 4:1 5:1\n"));
    for (String text : List.of("1 4:1 5:1\n", "1 4:1 5:1\n0 5:0.5 29:1\n")) {
      FilePlan other =
          FilePlan.of(FilesByHand.write(folder, "other", text), FileOptions.NONE.forSchema(bag));
      assertThat(other.names()).containsExactly("label", "features");
      assertThat(records(other, bag, new Rejections()).get(0).get("features"))
          .hasToString("[4, 5]");
    }
  }

  @Test
  void fieldsOfNumbersStayNumbersInAFileThatLooksOtherwise() {
    FeatureSchema draft =
        SchemaDraft.schema(plan(folder, "1 0:5:1 1:17:0.5 2:1:2 2:2:3\n0 0:6:1 1:17:2 2:3:4\n"));
    FilePlan other =
        FilePlan.of(
            FilesByHand.write(folder, "other", "1 1:17:1 2:2:1\n0 1:17:1\n"),
            FileOptions.NONE.forSchema(draft));
    GenericRecord first = records(other, draft, new Rejections()).get(0);
    assertThat(first.get("f1")).hasToString("1.0");
    assertThat(String.valueOf(first.get("f2_2"))).isIn("1", "1.0");
    assertThat(first.get("f0")).isNull();
    assertThat(first.get("f2_3")).isNull();
  }

  @Test
  void aNamespaceThatIsNotInTheFileIsNamed() {
    FeatureSchema draft = SchemaDraft.schema(plan(folder, "1 |user a |ad b c\n0 |user b |ad c\n"));
    FilePlan other =
        FilePlan.of(
            FilesByHand.write(folder, "other", "1 |users a |ad b\n"),
            FileOptions.NONE.forSchema(draft));
    assertThatThrownBy(() -> SchemaFit.of(draft, other))
        .hasMessageContaining("column 'user' is not in the file, did you mean 'users'?");
  }

  @Test
  void barsBetweenCellsAreNoNamespaces() {
    assertThat(plan(folder, "0|12|abc\n1|13|abd\n").format()).isEqualTo(FileFormat.CSV);
  }

  @Test
  void importanceAndBaseThatAreNotUsedAreSaid() {
    FilePlan plan = plan(folder, "1 2.0 |f a b\n0 1 |f b\n0 0.5 0.3 'tag|f c\n1 'x|f a\n");
    assertThat(plan.notes())
        .contains(
            "2 of 4 rows have an importance weight other than 1, which is not used: each row counts once",
            "1 of 4 rows have a base prediction, which is not used");
    assertThat(plan(folder, "1 |f a b\n0 1.0 |f b\n").notes()).isEmpty();
  }

  @Test
  void wordsBeforeTheBarThatAreNeitherImportanceNorBaseRejectTheirLine() {
    FilePlan plan =
        plan(folder, "1 |f a\n0 |f b\n0 1 0 4 |f b\n0 heavy |f b\n", Option.FORMAT, "vw");
    assertThat(rejected(plan))
        .contains(
            "  line 3: '0 1 0 4', expected label, importance and base before the '|'",
            "  line 4: importance 'heavy', expected a number");
  }

  @Test
  void valuesThatArePartsOfTokensAreSaid() {
    StringBuilder text = new StringBuilder();
    for (int id = 0; id < 600; id++) {
      text.append("%d %d:1 %d:0.5678\n".formatted(id % 2, id, id + 1));
    }
    FilePlan plan = plan(folder, text.toString());
    assertThat(plan.names()).containsExactly("label", "features");
    assertThat(rows(plan).get(0)).isEqualTo("0|0\u001f1:0.57");
    assertThat(plan.notes())
        .contains(
            "column 'features': a value other than 1 is part of its token, to two digits ('1:0.57')");
  }
}
