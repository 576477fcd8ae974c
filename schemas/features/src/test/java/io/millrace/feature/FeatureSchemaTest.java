package io.millrace.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureSchemaTest {
  /** A record {@code t.R} with a {@code millrace} property and fields, all as JSON. */
  static Schema record(String millrace, String... fields) {
    return new Schema.Parser()
        .parse(
            "{'type':'record','name':'R','namespace':'t','millrace':%s,'fields':[%s]}"
                .formatted(millrace, String.join(",", fields))
                .replace('\'', '"'));
  }

  static String field(String name, String type, String feature) {
    return "{'name':'%s','type':%s,'feature':%s}".formatted(name, type, feature);
  }

  private static final String AD = field("ad", "'string'", "{'kind':'categorical','lookups':2}");

  @Test
  void readsEverything() {
    FeatureSchema schema =
        FeatureSchema.parse(
            record(
                "{'id':'i','time':'ts','label':'y','table':{'rows':1024,'dim':8},"
                    + "'crosses':[{'name':'ad_x_os','fields':['ad','os']}]}",
                "{'name':'i','type':'string'}",
                "{'name':'ts','type':{'type':'long','logicalType':'timestamp-millis'}}",
                "{'name':'y','type':['null','int']}",
                AD,
                field("os", "['null','int']", "{'kind':'categorical','id':'system'}"),
                field("n", "'long'", "{'kind':'categorical','transform':'log_square'}"),
                field("p", "'double'", "{'kind':'numeric','transform':'log1p'}"),
                field("s", "'float'", "{'kind':'numeric','transform':'scale','min':0,'max':9.5}"),
                field(
                    "h",
                    "{'type':'array','items':'string'}",
                    "{'kind':'sequence','max':5,'combiner':'sqrtn','shares':'ad'}")));
    assertThat(schema.encodedFields())
        .containsExactly(
            new Feature.Categorical("ad", "ad", 2, CategoricalTransform.NONE),
            new Feature.Categorical("os", "system", 1, CategoricalTransform.NONE),
            new Feature.Categorical("n", "n", 1, CategoricalTransform.LOG_SQUARE),
            new Feature.Numeric("p", "p", 1, new NumericTransform.Log1p()),
            new Feature.Numeric("s", "s", 1, new NumericTransform.Scale(0, 9.5)),
            new Feature.Sequence("h", "ad", 2, 5, Combiner.SQRTN, Optional.of("ad"), "|"),
            new Feature.Cross("ad_x_os", "ad_x_os", 1, java.util.List.of("ad", "os")));
    assertThat(schema.idField()).contains("i");
    assertThat(schema.timeField()).contains("ts");
    assertThat(schema.labelField()).contains("y");
    assertThat(schema.table()).isEqualTo(new TableSpec(1024, 8));
    assertThat(schema.maxLookups()).isEqualTo(2);
    assertThat(schema.name()).isEqualTo("t.R");
  }

  @Test
  void aPositionIsAFeatureThatIsAWholeNumber() {
    FeatureSchema ints =
        FeatureSchema.parse(
            record(
                "{'position':'slot'}", field("slot", "['null','int']", "{'kind':'categorical'}")));
    assertThat(ints.positionField()).contains("slot");
    assertThat(ints.wholeNumber("slot", 3)).isEqualTo(3);
    FeatureSchema longs =
        FeatureSchema.parse(
            record("{'position':'slot'}", field("slot", "'long'", "{'kind':'numeric'}")));
    assertThat(longs.wholeNumber("slot", 3)).isEqualTo(3L);
    assertThatThrownBy(
            () ->
                FeatureSchema.parse(
                    record(
                        "{'position':'t','time':'t'}", field("t", "'long'", "{'kind':'numeric'}"))))
        .hasMessageContaining("a field with no other role");
    for (String slot :
        new String[] {
          "{'name':'slot','type':'int'}", field("slot", "'string'", "{'kind':'categorical'}"),
        }) {
      assertThatThrownBy(() -> FeatureSchema.parse(record("{'position':'slot'}", AD, slot)))
          .isInstanceOf(InvalidFeatureSchemaException.class)
          .hasMessageContaining("position")
          .hasMessageContaining("a field of type int or long with a 'feature' property");
    }
  }

  @Test
  void aNumbersLimit() {
    assertThat(limit("{'kind':'numeric'}"))
        .isEqualTo(new NumericLimit(1e16, NumericLimit.Outliers.REFUSE));
    assertThat(limit("{'kind':'numeric','limit':1000,'outliers':'clip'}"))
        .isEqualTo(new NumericLimit(1000, NumericLimit.Outliers.CLIP));
    assertThat(limit("{'kind':'numeric','limit':0.5,'outliers':'refuse'}"))
        .isEqualTo(new NumericLimit(0.5, NumericLimit.Outliers.REFUSE));
  }

  private static NumericLimit limit(String feature) {
    FeatureSchema schema = FeatureSchema.parse(record("{}", field("p", "'double'", feature)));
    return ((Feature.Numeric) schema.encodedFields().get(0)).limit();
  }

  @Test
  void mostMayBeLeftOut() {
    FeatureSchema schema = FeatureSchema.parse(record("{}", AD));
    assertThat(schema.idField()).isEmpty();
    assertThat(schema.timeField()).isEmpty();
    assertThat(schema.table()).isEqualTo(TableSpec.DEFAULT);
  }

  @Test
  void knowsAFeatureSchema() {
    assertThat(FeatureSchema.isFeatureSchema(record("{}", AD))).isTrue();
    assertThat(FeatureSchema.isFeatureSchema(Schema.create(Schema.Type.INT))).isFalse();
    assertThat(FeatureSchema.isFeatureSchema(io.millrace.event.Click.getClassSchema())).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "'string'; {'kind':'categorcal'}; t.R.f: feature.kind: unknown 'categorcal', did you mean"
            + " 'categorical'?",
        "'string'; {}; feature.kind: nothing, expected a string",
        "'string'; 'categorical'; t.R.f: feature: categorical, expected an object",
        "'string'; {'kind':'categorical','lokups':2}; unknown property 'lokups', did you mean"
            + " 'lookups'?",
        "'string'; {'kind':'categorical','max':2}; unknown property 'max', known: id, kind,"
            + " lookups, transform",
        "'string'; {'kind':'categorical','lookups':0}; lookups: 0, expected an integer from 1",
        "'string'; {'kind':'categorical','lookups':'2'}; lookups: '2', expected an integer",
        "'string'; {'kind':'categorical','transform':'log_square'}; transform: 'log_square',"
            + " expected an int or long field",
        "'long'; {'kind':'categorical','transform':'hour'}; transform: unknown 'hour'",
        "'int'; {'kind':'categorical','transform':'hour_of_day'}; expected a long field of"
            + " milliseconds",
        "{'type':'long','logicalType':'timestamp-micros'};"
            + " {'kind':'categorical','transform':'day_of_week'}; milliseconds",
        "'double'; {'kind':'categorical'}; a categorical feature of type \"double\", expected"
            + " string",
        "['null','int','string']; {'kind':'categorical'}; t.R.f: a categorical feature of type",
        "'string'; {'kind':'numeric'}; expected int, long, float or double",
        "'int'; {'kind':'numeric','transform':'log'}; transform: unknown 'log', known: log1p",
        "'int'; {'kind':'numeric','transform':'scale','min':1}; feature.max: nothing, expected a"
            + " number",
        "'int'; {'kind':'numeric','transform':'scale','min':1,'max':1}; finite min below max",
        "'int'; {'kind':'numeric','transform':'sqrt','std':1}; expected no 'std' beside it",
        "'int'; {'kind':'numeric','limit':0}; t.R.f: feature.limit: 0.0, expected a number above 0",
        "'int'; {'kind':'numeric','limit':-5}; limit: -5.0, expected a number above 0, at most 1.0E18",
        "'int'; {'kind':'numeric','limit':1e19}; limit: 1.0E19, expected a number above 0",
        "'int'; {'kind':'numeric','limit':'5'}; limit: '5', expected a number",
        "'int'; {'kind':'numeric','limits':5}; unknown property 'limits', did you mean 'limit'?",
        "'int'; {'kind':'numeric','outliers':'clipp'}; outliers: unknown 'clipp', did you mean 'clip'?",
        "'int'; {'kind':'numeric','outliers':true}; outliers: true, expected a string",
        "'int'; {'kind':'categorical','limit':5}; unknown property 'limit'",
        "'string'; {'kind':'sequence'}; expected an array",
        "{'type':'array','items':['null','string']}; {'kind':'sequence'}; expected an array",
        "{'type':'array','items':'string'}; {'kind':'sequence','max':0}; max: 0, expected",
        "{'type':'array','items':'string'}; {'kind':'sequence','combiner':'avg'}; combiner:"
            + " unknown 'avg'",
        "{'type':'array','items':'string'}; {'kind':'sequence','shares':'adv'}; shares: 'adv',"
            + " expected a categorical feature, did you mean 'ad'?",
        "{'type':'array','items':'long'}; {'kind':'sequence','shares':'ad'}; differ in type",
        "{'type':'array','items':'string'}; {'kind':'sequence','shares':'ad','id':'x'}; no 'id'",
        "{'type':'array','items':'string'}; {'kind':'sequence','split':'ab'}; one character",
        "'string'; {'kind':'categorical','id':'ad'}; features ad and f both have the id 'ad'",
        "'string'; {'kind':'categorical','lookups':3}; ad: feature.lookups: 2, expected a divisor"
            + " of 3"
      })
  void refusesAWrongFeature(String type, String feature, String message) {
    assertThatThrownBy(() -> FeatureSchema.parse(record("{}", AD, field("f", type, feature))))
        .isInstanceOf(InvalidFeatureSchemaException.class)
        .hasMessageContaining(message.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{'tables':{}}; t.R: millrace: unknown property 'tables', did you mean 'table'?",
        "[]; t.R: millrace: [], expected an object",
        "{'id':'idd'}; millrace.id: unknown 'idd'",
        "{'id':'n'}; millrace.id: 'n', expected a field of type string",
        "{'time':'ad'}; millrace.time: 'ad', expected a field of type long",
        "{'table':{'rows':0}}; millrace.table.rows: 0, expected an integer from 1",
        "{'table':{'dims':4}}; unknown property 'dims', did you mean 'dim'?",
        "{'table':{'dim':5}}; millrace.table.dim: 5, expected a multiple of 2",
        "{'crosses':{}}; millrace.crosses: {}, expected a list",
        "{'crosses':[{'name':'x','fields':['ad']}]}; at least two different fields",
        "{'crosses':[{'name':'x','fields':['ad','ad']}]}; at least two different fields",
        "{'crosses':[{'name':'x','fields':['ad','m']}]}; 'm', expected a categorical feature",
        "{'crosses':[{'name':'ad','fields':['ad','n']}]}; a name that no field",
        "{'crosses':[{'fields':['ad','n']}]}; crosses[0].name: nothing"
      })
  void refusesAWrongRecordProperty(String millrace, String message) {
    Schema schema =
        record(
            millrace,
            AD,
            field("n", "'int'", "{'kind':'categorical'}"),
            field("m", "'int'", "{'kind':'numeric'}"));
    assertThatThrownBy(() -> FeatureSchema.parse(schema))
        .isInstanceOf(InvalidFeatureSchemaException.class)
        .hasMessageContaining(message.strip());
  }

  @Test
  void refusesAMistypedAnnotation() {
    assertThatThrownBy(
            () ->
                FeatureSchema.parse(
                    record("{}", AD, "{'name':'f','type':'int','featrue':{'kind':'numeric'}}")))
        .hasMessage("t.R.f: unknown property 'featrue', did you mean 'feature'?");
  }

  @Test
  void refusesWhatHasNoFeatures() {
    assertThatThrownBy(() -> FeatureSchema.parse(record("{}", "{'name':'f','type':'int'}")))
        .hasMessageContaining("t.R: no field has a 'feature' property");
    assertThatThrownBy(() -> FeatureSchema.parse(Schema.create(Schema.Type.INT)))
        .hasMessageContaining("expected a record");
  }
}
