package io.millrace.file;

import static io.millrace.file.FilesByHand.plan;
import static io.millrace.file.FilesByHand.records;
import static io.millrace.file.FilesByHand.schema;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.FeatureSchema;
import io.millrace.file.decoding.UnusableFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which column is which feature, and what a schema makes of cells. */
class SchemaFitTest {
  private static final String CATEGORICAL = ",\"feature\":{\"kind\":\"categorical\"}}";
  private static final String NUMERIC = ",\"feature\":{\"kind\":\"numeric\"}}";

  @TempDir Path folder;

  private static String text(String name) {
    return "{\"name\":\"" + name + "\",\"type\":\"string\"" + CATEGORICAL;
  }

  @Test
  void aFeatureWithoutAColumnIsNamedWithTheNearest() {
    FeatureSchema schema = schema(text("user") + "," + text("ad"));
    assertThatThrownBy(() -> SchemaFit.of(schema, plan(folder, "User, ad,clicked\nu,a,1\nv,b,0\n")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("column 'user' is not in the file, did you mean 'User'?")
        .hasMessageContaining("\"column\": \"User\" beside the field says so")
        .hasMessageNotContaining("'ad' is not");
    assertThatThrownBy(() -> SchemaFit.of(schema, plan(folder, "u1,a1,1\nu2,a2,0\n")))
        .hasMessageContaining("the file has no header, --columns names its columns");
  }

  @Test
  void aColumnIsFoundByPropertyOrAlias() {
    FeatureSchema schema =
        schema(
            "{\"name\":\"time_on_site\",\"column\":\"Time on Site\",\"type\":\"double\""
                + NUMERIC
                + ","
                + "{\"name\":\"ad\",\"aliases\":[\"creative\"],\"type\":\"string\""
                + CATEGORICAL);
    FilePlan plan = plan(folder, "Time on Site,creative,Größe,Clicked on Ad\n1.5,a,L,1\n2,b,M,0\n");
    SchemaFit fit = SchemaFit.of(schema, plan);
    assertThat(fit.columnOf("time_on_site")).isEqualTo("Time on Site");
    assertThat(fit.unused()).containsExactly("Größe");
    assertThat(fit.notes(Optional.empty())).contains("not used of the file: Größe");
    assertThat(records(plan, schema, new Rejections()).get(0).toString())
        .isEqualTo("{\"time_on_site\": 1.5, \"ad\": \"a\"}");
  }

  @Test
  void featuresThatAreEmptyInEveryRowAreNamed() {
    FeatureSchema schema = schema(text("user") + "," + text("ad"));
    assertThat(
            SchemaFit.of(schema, plan(folder, "user,ad,clicked\nu,,1\nv,,0\n"))
                .notes(Optional.empty()))
        .contains("feature 'ad' is empty in every row");
  }

  @Test
  void theLabelIsNoFeature() {
    assertThatThrownBy(
            () -> SchemaFit.of(schema(text("clicked")), plan(folder, "a,clicked\nu,1\nv,0\n")))
        .hasMessageContaining("feature 'clicked' is the label");
  }

  @Test
  void theFilesOwnTimeReachesTheFeature() {
    FeatureSchema schema =
        FeatureSchema.parse(
            "{\"type\":\"record\",\"name\":\"Row\",\"millrace\":{\"time\":\"event_time\"},\"fields\":["
                + "{\"name\":\"event_time\",\"type\":\"long\",\"feature\":{\"kind\":\"categorical\",\"transform\":\"hour_of_day\"}}]}");
    FilePlan plan =
        plan(
            folder,
            "event_time,clicked\n2017-11-07T09:30:38+02:00,1\n1510012838,0\n1510012838000,1\n");
    List<GenericRecord> all = records(plan, schema, new Rejections());
    assertThat(all.stream().map(r -> r.get("event_time")))
        .containsExactly(1510039838000L, 1510012838000L, 1510012838000L);
    assertThat(SchemaFit.of(schema, plan).records().ownTime()).isTrue();
    assertThat(SchemaFit.of(schema, plan).notes(Optional.empty()))
        .contains("column 'event_time' is read as since 1970, each number by its magnitude");
  }

  @Test
  void aTextThatLooksLikeADateStaysATextAndImpossibleTimesAreRejected() {
    FeatureSchema schema =
        schema(
            text("day")
                + ",{\"name\":\"ts\",\"type\":[\"null\",\"long\"],\"default\":null"
                + ",\"feature\":{\"kind\":\"categorical\",\"transform\":\"hour_of_day\"}}");
    FilePlan plan =
        plan(
            folder,
            "day,ts,clicked\n2017-11-01 00:00:00,2017-11-07 09:30,1\nx,0000-00-00 00:00:00,0\ny,2017-11-07 24:00:00,1\nz,NULL,0\n");
    Rejections rejections = new Rejections();
    List<GenericRecord> all = records(plan, schema, rejections);
    assertThat(all.get(0).get("day")).hasToString("2017-11-01 00:00:00");
    assertThat(all).hasSize(2);
    assertThat(rejections.describe()).hasSize(3);
    assertThat(rejections.describe().get(1))
        .contains("\"0000-00-00 00:00:00\", expected a date and time (UTC)");
  }

  @Test
  void theDraftOfAFileReadsIt() {
    FilePlan plan =
        plan(
            folder,
            "ts,Time on Site,user.id,tags,price,class,label\n"
                + "2017-11-07 09:30:38,1.5,7,a|b,3,x,1\n2017-11-07 09:30:39,NA,8,b|a,1e3,y,0\n");
    FeatureSchema draft = SchemaDraft.schema(plan);
    assertThat(draft.timeField()).contains("ts");
    assertThat(draft.column("Time_on_Site")).contains("Time on Site");
    Rejections rejections = new Rejections();
    assertThat(records(plan, draft, rejections).get(1).toString())
        .contains(
            "\"ts\": 1510047039000", "\"Time_on_Site\": null", "\"user_id\": 8", "[\"b\", \"a\"]");
    assertThat(rejections.total()).isZero();
    assertThat(SchemaDraft.json(plan)).contains("time, ISO-8601").contains("50.0 % missing (NA)");
  }

  /** Clicks whose {@code attributed_time} is filled where the label is positive; 1 row in 8. */
  private static String attributed(String header, String valueWhereNegative) {
    StringBuilder text = new StringBuilder(header);
    for (int row = 0; row < 160; row++) {
      boolean yes = row % 8 == 0;
      text.append(
          "u%d,2017-11-07 09:%02d:00,%s,%s,%d%n"
              .formatted(
                  row % 9,
                  row % 60,
                  yes ? "2017-11-07 10:%02d:00".formatted(row % 60) : valueWhereNegative,
                  row % 16 == 0 ? "x" : "",
                  yes ? 1 : 0));
    }
    return text.toString();
  }

  @Test
  void aColumnThatIsFilledOnlyWhereTheLabelIsPositiveIsLeftOut() {
    String header = "user,click_time,attributed_time,coupon,is_attributed\n";
    FilePlan plan = plan(folder, attributed(header, ""));
    assertThat(plan.time().map(Column::name)).contains("click_time");
    FeatureSchema draft = SchemaDraft.schema(plan);
    assertThat(draft.avro().getField("attributed_time")).isNull();
    assertThat(draft.avro().getField("coupon")).isNull();
    assertThat(SchemaFit.of(draft, plan).notes(Optional.empty()))
        .contains(
            "attributed_time: only where is_attributed is 1: left out",
            "coupon: only where is_attributed is 1: left out")
        .noneMatch(note -> note.startsWith("not used"));
    assertThat(SchemaDraft.schema(plan(folder, attributed(header, "NULL"))).avro().getFields())
        .hasSameSizeAs(draft.avro().getFields());
  }

  /** As nonclk and clk of a known data set; likes and seconds of play are known after a click. */
  @Test
  void aColumnThatIsTheLabelOrItsOppositeIsLeftOutAndOneThatMayTellItIsSaid() {
    StringBuilder text = new StringBuilder("user,nonclk,liked_it,play_ms,price,clk\n");
    for (int row = 0; row < 200; row++) {
      int yes = row % 3 == 0 ? 1 : 0;
      text.append(
          "u%d,%d,%s,%d,%d,%d%n"
              .formatted(row % 7, 1 - yes, yes == 1, yes * row * 10, row % 5, yes));
    }
    FilePlan plan = plan(folder, text.toString());
    FeatureSchema draft = SchemaDraft.schema(plan);
    assertThat(draft.encodedFields().stream().map(f -> f.name()))
        .containsExactly("user", "play_ms", "price");
    assertThat(SchemaFit.of(draft, plan).notes(Optional.empty()))
        .contains(
            "nonclk: other than 0 only where clk is 0, and always there: left out",
            "liked_it: other than 0 only where clk is 1, and always there: left out");
    assertThat(plan.notes())
        .anyMatch(n -> n.startsWith("column 'play_ms' is other than 0 only where clk is 1"));
    FilePlan wanted =
        FilePlan.of(
            FilesByHand.write(folder, "f", text.toString()), FileOptions.NONE.forSchema(draft));
    assertThat(wanted.notes()).noneMatch(n -> n.contains("play_ms"));
  }

  /** Heights of places, and dear things with a decimal comma. */
  @Test
  void numbersThatLieFarFromZeroAreStandardizedInADraft() {
    StringBuilder text = new StringBuilder("height;cost;count;label\n");
    StringBuilder pairs = new StringBuilder();
    for (int row = 0; row < 200; row++) {
      int high = row % 2 == 0 ? 2_800 + row : 3_000 - row;
      text.append(
          "%d;%d,5;%d;%d%n".formatted(high, 900 + row % 60, row * row, row % 3 == 0 ? 1 : 0));
      pairs.append("%d 1:%d 2:%d%n".formatted(row % 3 == 0 ? 1 : 0, high, row % 4 == 0 ? 0 : high));
    }
    FeatureSchema draft = SchemaDraft.schema(plan(folder, text.toString()));
    assertThat(draft.avro().getField("height").getObjectProp("feature").toString())
        .contains("transform=standardize", "mean=2900.0", "std=57.73");
    assertThat(draft.avro().getField("cost").getObjectProp("feature").toString())
        .contains("mean=928.0", "std=");
    assertThat(draft.avro().getField("count").getObjectProp("feature").toString())
        .doesNotContain("transform");
    FeatureSchema sparse = SchemaDraft.schema(plan(folder, pairs.toString()));
    assertThat(sparse.avro().getField("f1").getObjectProp("feature").toString()).contains("mean");
    assertThat(sparse.avro().getField("f2").getObjectProp("feature").toString())
        .doesNotContain("mean");
  }

  /** Cities and ads have numbers for names; heights hardly come back. */
  @Test
  void wholeNumbersThatComeBackAreNames() {
    StringBuilder text =
        new StringBuilder(",C14,slotprice,user-item_affinity_1,height,tags,label\n");
    for (int row = 0; row < 1_800; row++) {
      int tag = 10_000 + row % 30;
      text.append(
          "%d,%d,%d,%d.0,%d,\"%s\",%d%n"
              .formatted(
                  row,
                  15_700 + row * 7 % 60,
                  row * 7 % 60,
                  row % 4,
                  row * 7 % 900,
                  row % 3 == 0 ? tag : row % 3 == 1 ? tag + ",10001" : tag + ",10001,10002",
                  row % 5 == 0 ? 1 : 0));
    }
    FilePlan plan = plan(folder, text.toString());
    assertThat(plan.id().map(Column::name)).contains("column1");
    FeatureSchema draft = SchemaDraft.schema(plan);
    assertThat(draft.encodedFields().stream().map(f -> f.name() + " " + f.kind().word()))
        .containsExactly(
            "C14 categorical",
            "slotprice numeric",
            "user_item_affinity_1 numeric",
            "height numeric",
            "tags sequence");
  }

  @Test
  void aColumnOfTheOtherLabelTellsItToo() {
    String text = attributed("user,ts,reason,coupon,clicked\n", "").replaceAll(",1(\\R)", ",no$1");
    FilePlan plan = plan(folder, text.replaceAll(",0(\\R)", ",yes$1"));
    assertThat(plan.columns().get(2).onlyWhere()).isEqualTo("only where clicked is no");
  }

  @Test
  void aColumnWithOneValueOfTheOtherLabelIsAFeature() {
    String text = attributed("user,ts,price,coupon,is_attributed\n", "") + "u1,2017-11-07,5,y,0\n";
    assertThat(plan(folder, text).columns()).allMatch(column -> column.onlyWhere() == null);
  }

  @Test
  void fewValuesMayBeOfOneLabelByChance() {
    StringBuilder text = new StringBuilder("user,note,clicked\n");
    for (int row = 0; row < 40; row++) {
      text.append("u%d,%s,%d%n".formatted(row % 5, row < 12 ? "n" : "", row < 30 ? 1 : 0));
    }
    assertThat(plan(folder, text.toString()).columns().get(1).onlyWhere()).isNull();
  }

  @Test
  void aColumnThatTellsTheAnswerIsKeptWhereTheUserNamesIt() {
    String header = "user,click_time,attributed_time,coupon,is_attributed\n";
    FilePlan typed =
        plan(folder, attributed(header, ""), FileOptions.Option.TYPES, "attributed_time=text");
    assertThat(SchemaDraft.schema(typed).avro().getField("attributed_time")).isNotNull();
    FilePlan plan = plan(folder, attributed(header, ""));
    String nullable =
        "{\"name\":\"attributed_time\",\"type\":[\"null\",\"string\"],\"default\":null"
            + CATEGORICAL;
    assertThat(SchemaFit.of(schema(nullable), plan).notes(Optional.empty()))
        .contains(
            "feature 'attributed_time' has values only where is_attributed is 1: it tells the answer");
  }
}
