package io.millrace.file;

import static io.millrace.file.FilesByHand.plan;
import static io.millrace.file.FilesByHand.rejected;
import static io.millrace.file.FilesByHand.rows;
import static io.millrace.file.FilesByHand.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.InstantSpelling;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.decoding.UnusableFileException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in small files, each of a kind that people have. */
class FilePlanTest {
  private static final String CLICKS = "user,ad,clicked\nu1,a1,1\nu2,a2,0\nu3,a1,0\n";

  @TempDir Path folder;

  private FilePlan of(byte[] bytes) {
    return FilePlan.of(write(folder, "f", bytes), FileOptions.NONE);
  }

  private void refused(String text, String message) {
    assertThatThrownBy(() -> plan(folder, text))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void isSaidInAFewLines() {
    assertThat(plan(folder, CLICKS).describe())
        .containsExactly(
            "file: csv, plain, UTF-8, separator ',', quote \", header",
            "rows: 3 looked at (all)",
            "label: clicked (33.3 % positive)",
            "time: none",
            "columns: user text · ad text · clicked whole number");
  }

  /** As adult.test begins, and as reports of advertisers do. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "|1x3 Cross validator\n",
        "# made by hand\n# twice\n",
        "Campaign report\n\n",
        "Campaign report,,\n"
      })
  void linesAboveATableAreLeftOutAndSaid(String above) {
    FilePlan plan = plan(folder, above + CLICKS);
    assertThat(plan.names()).containsExactly("user", "ad", "clicked");
    assertThat(rows(plan)).containsExactly("u1|a1|1", "u2|a2|0", "u3|a1|0");
    assertThat(rejected(plan)).isEmpty();
    assertThat(plan.notes()).anyMatch(n -> n.contains("no row of the table ('" + above.charAt(0)));
    FilePlan noHeader = plan(folder, above + CLICKS.substring(CLICKS.indexOf('\n') + 1));
    assertThat(rows(noHeader)).containsExactly("u1|a1|1", "u2|a2|0", "u3|a1|0");
  }

  @Test
  void aHeaderOfOneNameAboveTextsIsNoTitle() {
    assertThatThrownBy(() -> plan(folder, "title\nfoo, bar, baz\nlorem, ipsum, dolor\n"))
        .isInstanceOf(UnusableFileException.class);
  }

  /** As german.data ends. */
  @Test
  void withoutAHeaderTheLastColumnOfTwoNumbersIsTheLabel() {
    FilePlan plan = plan(folder, "A11 6 1 x 1\nA12 48 2 y 2\nA14 12 1 x 1\nA11 42 2 z 2\n");
    assertThat(plan.describe()).contains("label: c5 (50.0 % positive, positive is '2')");
  }

  /** As labels in adult.data and adult.test. */
  @Test
  void aPointBehindALabelIsNoneOfIt() {
    FilePlan plan =
        plan(folder, "age,income\n39,<=50K.\n50,>50K.\n38,<=50K.\n", Option.POSITIVE, ">50K");
    assertThat(plan.label().orElseThrow().positives()).isEqualTo(1);
    LabelRule rule = LabelRule.value("a.", "a");
    assertThat(rule.apply("a")).isZero();
    assertThat(rule.apply("a.")).isEqualTo(1);
    assertThat(LabelRule.value(">50K", "<=50K").apply("<=50K. ")).isZero();
    assertThat(LabelRule.value(">50K", "<=50K").apply("50K")).isEqualTo(-1);
  }

  @Test
  void whereNoColumnHoldsYesAndNoTheOptionsAreNamed() {
    refused(
        "user,item,behavior\n1,2,pv\n4,3,buy\n2,4,cart\n",
        "no column holds yes and no, expected --label with the column of the label (of user, item, behavior), and --positive or --positive-from");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE"})
  void aByteOrderMarkIsNoPartOfTheFirstName(String charset) {
    FilePlan plan =
        of(("\ufeffclicked,title\n1,Amélie\n0,Größe\n").getBytes(Charset.forName(charset)));
    assertThat(plan.names()).containsExactly("clicked", "title");
    assertThat(rows(plan)).containsExactly("1|Amélie", "0|Größe");
  }

  @Test
  void utf16WithoutAMarkIsToldByItsZeroBytes() {
    FilePlan plan = of(CLICKS.getBytes(StandardCharsets.UTF_16LE));
    assertThat(rows(plan)).hasSize(3);
    assertThat(plan.notes()).anyMatch(note -> note.contains("no byte order mark"));
  }

  @Test
  void bytesThatAreNotUtf8AreOneByteALetterAndSaidToBe() {
    byte[] latin = "title,clicked\nAmélie,1\nAmèlie,0\n".getBytes(StandardCharsets.ISO_8859_1);
    FilePlan plan = of(latin);
    assertThat(rows(plan)).containsExactly("Amélie|1", "Amèlie|0");
    assertThat(plan.notes())
        .anyMatch(n -> n.contains("not UTF-8 from line 2 on (byte 0xE9), taken for ISO-8859-1"));
    byte[] windows = "title,clicked\nprice 5\u0080,1\nb,0\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(rows(of(windows))).contains("price 5€|1");
    assertThat(
            FilePlan.of(write(folder, "f", latin), FileOptions.NONE.with(Option.ENCODING, "cp1251"))
                .encoding()
                .charset())
        .isEqualTo(Charset.forName("windows-1251"));
  }

  @Test
  void aStrayByteAmongLettersOfUtf8RejectsItsRowOnly() throws Exception {
    byte[] bytes = "title,clicked\nGrößéè,1\nü,0\nx?y,1\n".getBytes(StandardCharsets.UTF_8);
    bytes[bytes.length - 5] = (byte) 0xe9;
    assertThat(rows(of(bytes))).containsExactly("Größéè|1", "ü|0");
    assertThat(rejected(of(bytes)).get(1))
        .contains("line 4")
        .contains("column title holds the byte 0xE9, which is not UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|", "::", "   ", ", ", "\u0001"})
  void anySeparatorIsFound(String separator) {
    String text = "user,ad,clicked\nu1,a1,1\nu2,a2,0\n".replace(",", separator);
    assertThat(rows(plan(folder, text))).containsExactly("u1|a1|1", "u2|a2|0");
    assertThat(
            plan(
                    folder,
                    text,
                    Option.SEPARATOR,
                    separator.isBlank() && !separator.equals("\t") ? "blanks" : separator)
                .names())
        .containsExactly("user", "ad", "clicked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void anyEndOfLineIsOne(String end) {
    assertThat(rows(plan(folder, CLICKS.replace("\n", end)))).hasSize(3);
    assertThat(rows(plan(folder, CLICKS.replace("\n", end + end)))).hasSize(3);
    assertThat(rows(plan(folder, CLICKS.strip().replace("\n", end)))).hasSize(3);
  }

  @Test
  void quotedCellsHoldSeparatorsQuotesAndLines() {
    FilePlan plan =
        plan(
            folder,
            "\"user\",\"title, long\",clicked\r\nu1,\"a \"\"b\"\", c\r\nd\",1\r\nu2,\"\",0\r\n");
    assertThat(plan.names()).containsExactly("user", "title, long", "clicked");
    assertThat(rows(plan)).containsExactly("u1|a \"b\", c\r\nd|1", "u2||0");
    assertThat(rows(plan(folder, "a,clicked\n'x, y',1\n'z',0\n'w',0\n"))).contains("x, y|1");
  }

  @Test
  void anUnclosedQuoteSwallowsNoRows() {
    StringBuilder text = new StringBuilder("user,title,clicked\n");
    for (int i = 2; i <= 60; i++) {
      String title = i == 10 ? "\"5 inch" : i == 40 ? "13\"" : "t" + i;
      text.append("u").append(i).append(',').append(title).append(',').append(i % 2).append('\n');
    }
    FilePlan plan = plan(folder, text.toString());
    assertThat(rows(plan)).hasSize(58).contains("u40|13\"|0");
    assertThat(rejected(plan).get(1))
        .isEqualTo("  line 10: lines 10 to 40 are one cell; an unclosed quote?");
  }

  @Test
  void aQuoteThatIsOpenAtTheEndSwallowsNothing() {
    FilePlan plan = plan(folder, "user,title,clicked\nu1,\"x,1\nu2,y,0\nu3,z,1\n");
    assertThat(rows(plan)).containsExactly("u2|y|0", "u3|z|1");
    assertThat(rejected(plan).get(1)).contains("line 2").contains("an unclosed quote?");
  }

  @Test
  void aTextOfManyLinesIsOneCell() {
    String review = "\"first, line\n\nsecond line,\nthird\"";
    assertThat(rows(plan(folder, "user,review,clicked\nu1," + review + ",1\nu2,y,0\n"))).hasSize(2);
  }

  @Test
  void emptyOnesAreSaidToBeEmpty() throws Exception {
    refused("", "is empty");
    refused(" \n\n", "holds nothing but blanks");
    refused("user,ad,clicked\n", "has a header and no rows");
    assertThatThrownBy(() -> FilePlan.of(folder, FileOptions.NONE))
        .hasMessageContaining("is a folder");
    assertThatThrownBy(() -> FilePlan.of(folder.resolve("no"), FileOptions.NONE))
        .hasMessageContaining("no file at");
    assertThatThrownBy(() -> FilePlan.of(Path.of("/dev/null"), FileOptions.NONE))
        .hasMessageContaining("is not a regular file (a pipe?)");
    assertThat(rows(plan(folder, "user,ad,clicked\nu1,a1,1"))).containsExactly("u1|a1|1");
  }

  @Test
  void aFileWithoutAHeaderIsSaidToHaveNone() {
    FilePlan plan = plan(folder, "u1,a1,1\nu2,a2,0\nu3,a3,0\n");
    assertThat(plan.names()).containsExactly("c1", "c2", "c3");
    assertThat(plan.notes()).anyMatch(n -> n.contains("--columns names them"));
    assertThat(rows(plan)).hasSize(3);
    assertThat(
            plan(folder, "u1,a1,1\nu2,a2,0\n", Option.COLUMNS, "user,ad,clicked")
                .label()
                .get()
                .name())
        .isEqualTo("clicked");
    refused("a,b\nc,d\ne,f\n", "--header yes or no");
  }

  @Test
  void otherFormatsAreNamed() {
    for (String[] kind :
        new String[][] {
          {"%PDF-1.7 x", "a PDF"},
          {"SQLite format 3\0x", "SQLite"},
          {"ORC\n\0", "ORC"},
          {"Obj\u0001\u0004", "Avro"},
          {"<!DOCTYPE html><html>", "web page"},
          {"GIF89a\0\0", "an image"},
          {"ARROW1\0\0", "Arrow"},
          {"[{\"a\":1},{\"a\":2}]", "JSON list"},
        }) {
      refused(kind[0], "seems to be");
      refused(kind[0], kind[1]);
      refused(kind[0], "read are csv (any separator), JSON lines, Parquet, libsvm");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"user\":\"u1\",\"clicked\":1};JSON lines: --format jsonl",
        "1 |u u1 |a a1;Vowpal Wabbit's text: --format vw",
        "1 4:1 9:1;libsvm: --format libsvm"
      })
  void whatIsCalledCsvAndFailsIsSaidToLookLikeAnother(String line, String words) {
    assertThatThrownBy(
            () ->
                FilePlan.of(
                    write(folder, "f", (line + "\n").repeat(4)),
                    FileOptions.NONE.with(Option.FORMAT, "csv").with(Option.LABEL, "clicked")))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageEndingWith("; it looks like " + words);
  }

  @Test
  void theLabelIsFoundByNameThenByItsValues() {
    assertThat(plan(folder, "a,x,is_click\n5,0,1\n6,1,0\n7,1,0\n").label().get().name())
        .isEqualTo("is_click");
    assertThat(plan(folder, "a,Clicked on Ad\n5,1\n6,0\n7,1\n").label().get().name())
        .isEqualTo("Clicked on Ad");
    assertThat(plan(folder, "a,odd\n5,1\n6,0\n7,1\n").label().get().name()).isEqualTo("odd");
    refused("a,x,z\n5,0,1\n6,1,0\n7,1,0\n", "columns x, z have two values each, expected --label");
    refused(
        "a,b\n5,x\n6,y\n7,z\n",
        "expected --label with the column of the label (of a, b), and --positive or --positive-from where it holds other values; or --label none");
    assertThat(plan(folder, "a,b\n5,x\n6,y\n7,z\n", Option.LABEL, "none").label()).isEmpty();
    assertThatThrownBy(() -> plan(folder, CLICKS, Option.LABEL, "clickd"))
        .hasMessageContaining("label column 'clickd' is not in the file, did you mean 'clicked'?");
  }

  @ParameterizedTest
  @CsvSource({
    "1,0",
    "1.0,0.0",
    "+1,-1",
    "True,False",
    "TRUE,FALSE",
    "t,f",
    "yes,no",
    "Y,N",
    "2,1",
    "' >50K',' <=50K'",
    "good,bad",
    "click,no click"
  })
  void labelsInAllSpellings(String yes, String no) {
    FilePlan plan = plan(folder, "a,label\nx," + yes + "\ny," + no + "\nz," + no + "\n");
    assertThat(plan.label().get().positives()).isEqualTo(1);
    assertThat(plan.label().get().rows()).isEqualTo(3);
  }

  @Test
  void ratingsAreLabelsFromAThresholdOn() {
    String ratings =
        "userId,movieId,rating,timestamp\n1,1,0.5,978300000\n2,2,4.0,978300060\n3,3,5.0,978300120\n";
    FilePlan plan = plan(folder, ratings);
    assertThat(plan.describe()).contains("label: rating (66.7 % positive, positive from 4)");
    assertThat(plan.time().get().spelling().instants()).isEqualTo(InstantSpelling.SECONDS);
    assertThat(plan(folder, ratings, Option.POSITIVE_FROM, "5").label().get().positives())
        .isEqualTo(1);
    FilePlan raw =
        plan(folder, "1::1193::5::978300760\n1::661::3::978302109\n2::1::1::978301968\n");
    assertThat(raw.names()).containsExactly("user", "item", "rating", "timestamp");
    refused(
        "a,label\n1,3\n2,7\n3,100\n",
        "holds numbers from 3 to 100, expected yes or no (0 or 1); --positive-from");
  }

  @Test
  void labelsThatAreNeitherRejectTheirRows() {
    FilePlan plan = plan(folder, "a,clicked\n1,1\n2,x\n3,0\n4,\n");
    assertThat(plan.notes()).anyMatch(n -> n.startsWith("2 of 4 labels in column 'clicked'"));
    assertThat(rejected(plan).get(0)).isEqualTo("2 rows rejected: label of clicked");
    assertThat(rejected(plan).get(1)).contains("label 'x' in column clicked, expected yes or no");
    refused("a,clicked\n1,dog\n2,cat\n3,cow\n", "--positive says which value is yes");
  }

  @ParameterizedTest
  @CsvSource({
    "ts,2017-11-07 09:30:38,ISO", "ts,2017-11-07T09:30:38.123Z,ISO", "ts,1510047038,SECONDS",
    "ts,1510047038123,MILLIS", "event_time,1510047038123456,MICROS", "hour,14102118,YYMMDDHH",
    "date,20171107,COMPACT", "timestamp,20130606000104008,COMPACT",
        "ts,11/27/2017 09:30,MONTH_DAY_YEAR",
    "ts,27.11.2017,DAY_MONTH_YEAR"
  })
  void timesByNameAndMagnitude(String name, String value, InstantSpelling spelling) {
    FilePlan plan = plan(folder, "a," + name + ",clicked\n5," + value + ",1\n6," + value + ",0\n");
    assertThat(plan.time().get().spelling().instants()).isEqualTo(spelling);
  }

  @Test
  void aDayThatMayBeAMonthIsAsked() {
    refused(
        "ts,clicked\n01/02/2017,1\n03/04/2017,0\n",
        "--time-format month-day-year or day-month-year");
  }

  @Test
  void timesThatNoEventMayHaveAreNotTheEvents() {
    StringBuilder old = new StringBuilder("ts,clicked\n");
    for (int year = 1991; year < 2011; year++) {
      old.append("%d-05-06 10:00:00,%d\n".formatted(year, year % 2));
    }
    FilePlan plan = plan(folder, old.toString());
    assertThat(plan.time()).isEmpty();
    assertThat(plan.columns().get(0).type()).isEqualTo(ColumnType.INSTANT);
    assertThat(plan.notes()).anyMatch(n -> n.startsWith("9 of 20 times in column 'ts' are before"));
    assertThat(plan(folder, old.toString(), Option.TIME, "ts").time()).isPresent();
  }

  @Test
  void numbersAreNoTimesByTheirSizeAlone() {
    assertThat(plan(folder, "account,clicked\n1510047038,1\n1510047039,0\n").time()).isEmpty();
    assertThat(plan(folder, "ts,clicked\n5,1\n6,0\n").time()).isEmpty();
  }

  @Test
  void typesOfColumns() {
    FilePlan plan =
        plan(
            folder,
            """
            id,price,zip,flag,genres,n,clicked
            10000000000000000000,1.5,01234,True,a|b,3.0,1
            10000000000000000001,NA,12345,False,b|c,1e3,0
            10000000000000000002,?,99999,True,a|c,,0
            """);
    assertThat(plan.describe().get(5))
        .isEqualTo(
            "columns: id text · price number (66.7 % missing: NA ?) · zip text · flag boolean · genres"
                + " list split by '|' · n whole number (33.3 % missing) · clicked whole number");
  }

  @Test
  void decimalCommasWhereTheDialectHasThem() {
    assertThat(plan(folder, "price;clicked\n1,5;1\n22,75;0\n").describe())
        .contains("columns: price number (decimal comma) · clicked whole number");
    assertThat(plan(folder, "price,clicked\n\"1,234,567\",1\n\"22\",0\n").describe())
        .contains("columns: price number (commas of thousands) · clicked whole number");
    assertThat(plan(folder, "price,clicked\n\"1,234\",1\n22,0\n").columns().get(0).type())
        .isEqualTo(ColumnType.TEXT);
    assertThat(
            plan(folder, "price,clicked\n\"1,234\",1\n22,0\n", Option.DECIMAL, "point")
                .columns()
                .get(0)
                .type())
        .isEqualTo(ColumnType.NUMBER);
  }

  @Test
  void rowsOfAnotherWidthAreRejected() {
    FilePlan plan = plan(folder, CLICKS + "u4,a1\nu5,a2,1,9\n");
    assertThat(rejected(plan))
        .contains("  line 5: 2 columns, expected 3", "  line 6: 4 columns, expected 3");
    assertThat(plan.notes()).contains("2 of 5 rows cannot be read; line 5: 2 columns, expected 3");
  }

  @Test
  void namesThatComeTwiceOrAreEmptyAreMadeUp() {
    assertThat(plan(folder, ",a,a,clicked\n0,x,y,1\n1,z,w,0\n").names())
        .containsExactly("column1", "a", "a_2", "clicked");
    assertThat(plan(folder, "a,b,clicked\n1,x,y,1\n2,z,w,0\n").names())
        .containsExactly("row", "a", "b", "clicked");
  }

  @Test
  void theLocaleChangesNothing() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(new Locale("tr", "TR"));
      FilePlan plan = plan(folder, "ID,TIME,CLICK\nx,2017-11-07,TRUE\ny,2017-11-08,FALSE\n");
      assertThat(plan.describe())
          .contains("label: CLICK (50.0 % positive)", "time: TIME, ISO-8601, in order", "id: ID");
      assertThat(FileFormat.named("LIBSVM")).isEqualTo(FileFormat.LIBSVM);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void theSameFileGivesTheSamePlan() {
    assertThat(plan(folder, CLICKS).describe()).isEqualTo(plan(folder, CLICKS).describe());
  }
}
