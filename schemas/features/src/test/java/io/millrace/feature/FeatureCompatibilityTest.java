package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.field;
import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.FeatureChange.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureCompatibilityTest {
  private static final String AD = field("ad", "'string'", "{'kind':'categorical'}");

  private static FeatureSchema schema(String millrace, String... fields) {
    return FeatureSchema.parse(record(millrace, fields));
  }

  /** The ad, and a second field as given. */
  private static FeatureSchema with(String type, String feature, String more) {
    return schema("{}", AD, "{'name':'x','type':%s,'feature':%s%s}".formatted(type, feature, more));
  }

  private static FeatureChange only(FeatureSchema older, FeatureSchema newer) {
    List<FeatureChange> changes = FeatureCompatibility.compare(older, newer);
    assertThat(changes).hasSize(1);
    return changes.get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "'long';   {'kind':'categorical'}; 'int'; {'kind':'categorical'}; ; ",
        "'double'; {'kind':'numeric'}; 'double'; {'kind':'numeric','transform':'log1p'}; TRANSFORM; transform none became log1p",
        "'double'; {'kind':'numeric','transform':'scale','min':0,'max':1}; 'double'; {'kind':'numeric','transform':'scale','min':0,'max':2}; TRANSFORM; transform scale[min=0.0, max=1.0] became scale[min=0.0, max=2.0]",
        "'long';   {'kind':'categorical'}; 'long'; {'kind':'categorical','transform':'hour_of_day'}; TRANSFORM; became hour_of_day",
        "'long';   {'kind':'categorical'}; 'long'; {'kind':'numeric'}; KIND; kind categorical became numeric",
        "'string'; {'kind':'categorical'}; 'long'; {'kind':'categorical'}; TYPE; string became long",
        "'string'; {'kind':'categorical'}; 'string'; {'kind':'categorical','lookups':2}; LOOKUPS; lookups 1 became 2",
        "'string'; {'kind':'categorical'}; 'string'; {'kind':'categorical','id':'y'}; IDENTITY; id 'x' became 'y'",
        "{'type':'array','items':'string'}; {'kind':'sequence'}; {'type':'array','items':'string'}; {'kind':'sequence','max':5}; SEQUENCE; max 100, mean became max 5, mean",
        "{'type':'array','items':'string'}; {'kind':'sequence'}; {'type':'array','items':'string'}; {'kind':'sequence','combiner':'sum'}; SEQUENCE; became max 100, sum",
        "{'type':'array','items':'string'}; {'kind':'sequence'}; {'type':'array','items':'string'}; {'kind':'sequence','shares':'ad'}; SHARES; nothing became ad",
        "{'type':'array','items':'string'}; {'kind':'sequence'}; {'type':'array','items':'long'}; {'kind':'sequence'}; TYPE; string became long",
      })
  void aFeaturesMeaningMayNotChange(
      String type, String feature, String newType, String newFeature, Kind kind, String reason) {
    FeatureSchema older = with(type, feature, "");
    FeatureSchema newer = with(newType, newFeature, "");
    assertThat(FeatureCompatibility.compare(older, older)).isEmpty();
    if (kind == null) {
      assertThat(FeatureCompatibility.compare(older, newer)).isEmpty();
      return;
    }
    FeatureChange change = only(older, newer);
    assertThat(change.kind()).isEqualTo(kind);
    assertThat(change.feature()).isEqualTo("x");
    assertThat(change.compatible()).isFalse();
    assertThat(change.reason()).contains(reason);
  }

  /** Compatible where every value that both take is one number to both. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "; 'limit':10; true; values at most 1.0E16 became at most 10.0: larger values are refused",
        "'limit':10; ; true; at most 10.0 became at most 1.0E16: values are taken that were refused",
        "'limit':10; 'limit':10,'outliers':'clip'; true; became clipped to ±10.0: values are taken",
        "'limit':10; 'limit':20,'outliers':'clip'; true; values are taken that were refused",
        "'limit':10; 'limit':5,'outliers':'clip'; false; values beyond 5.0 would be other numbers",
        "'limit':10,'outliers':'clip'; 'limit':10; true; larger values are refused from then on",
        "'limit':10,'outliers':'clip'; 'limit':5; true; larger values are refused from then on",
        "'limit':10,'outliers':'clip'; 'limit':20; false; values beyond 10.0 would be other numbers",
        "'limit':10,'outliers':'clip'; 'limit':20,'outliers':'clip'; false; beyond 10.0",
        "'limit':10,'outliers':'clip'; 'limit':5,'outliers':'clip'; false; beyond 5.0",
      })
  void aLimitMayChangeWhereNoTakenValueDoes(
      @Nullable String was, @Nullable String is, boolean compatible, String reason) {
    FeatureSchema older = limited(was);
    assertThat(FeatureCompatibility.compare(older, older)).isEmpty();
    FeatureChange change = only(older, limited(is));
    assertThat(change.kind()).isEqualTo(Kind.LIMIT);
    assertThat(change.compatible()).isEqualTo(compatible);
    assertThat(change.reason()).contains(reason);
  }

  private static FeatureSchema limited(@Nullable String properties) {
    String more = properties == null ? "" : "," + properties;
    return with("'double'", "{'kind':'numeric'" + more + "}", "");
  }

  @Test
  void anAddedFeatureNeedsADefaultAndNoMoreLookupsThanThereAre() {
    FeatureSchema older = schema("{}", AD);
    String kind = "{'kind':'categorical'}";
    assertThat(only(older, with("['null','string']", kind, ",'default':null")))
        .matches(change -> change.compatible() && change.kind() == Kind.ADDED);
    assertThat(only(older, with("['null','string']", kind, "")).toString())
        .startsWith("incompatible: x: added without a default");
    assertThat(
            only(older, with("'string'", "{'kind':'categorical','lookups':2}", ",'default':''"))
                .reason())
        .contains("2 lookups, more than the 1");
    // a field that was carried has a value in older events
    FeatureSchema carried = schema("{}", AD, "{'name':'x','type':'string'}");
    assertThat(only(carried, with("'string'", kind, "")).compatible()).isTrue();
  }

  @Test
  void aRemovedFeatureNeedsADefaultInTheOlderVersionAndIsRetired() {
    String kind = "{'kind':'categorical'}";
    FeatureSchema withDefault = with("'string'", kind, ",'default':''");
    FeatureSchema without = with("'string'", kind, "");
    FeatureSchema gone = schema("{'retired':['x']}", AD);
    assertThat(only(withDefault, gone)).matches(c -> c.compatible() && c.kind() == Kind.REMOVED);
    assertThat(only(without, gone).toString()).contains("incompatible: x", "no default");
    assertThat(only(withDefault, schema("{}", AD)).reason()).contains("add 'x' to \"retired\"");
    FeatureSchema carried = schema("{'retired':['x']}", AD, "{'name':'x','type':'string'}");
    assertThat(only(without, carried).reason()).contains("still carried");
  }

  @Test
  void anIdIsIssuedOnceAndNeverAgain() {
    assertThat(only(schema("{'retired':['x','z']}", AD), schema("{'retired':['z']}", AD)).reason())
        .contains("'x' is no longer retired");
    assertThatThrownBy(
            () -> schema("{'retired':['x']}", AD, field("x", "'string'", "{'kind':'categorical'}")))
        .isInstanceOf(InvalidFeatureSchemaException.class)
        .hasMessageContaining("t.R.x: the id 'x' is retired");
  }

  @Test
  void anAliasKeepsTheIdentityAndAMissingOneIsNamed() {
    FeatureSchema older = with("'string'", "{'kind':'categorical'}", ",'default':''");
    FeatureSchema renamed =
        schema(
            "{}",
            AD,
            "{'name':'y','aliases':['x'],'type':'string','feature':{'kind':'categorical'}}");
    assertThat(renamed.encodedFields().get(1).id()).isEqualTo("x");
    assertThat(only(older, renamed)).matches(c -> c.compatible() && c.kind() == Kind.RENAMED);
    FeatureSchema again =
        schema(
            "{}",
            AD,
            "{'name':'z','aliases':['y','x'],'type':'string','feature':{'kind':'categorical'}}");
    assertThat(only(renamed, again)).matches(c -> c.compatible() && c.kind() == Kind.RENAMED);
    FeatureSchema wrongOrder =
        schema(
            "{}",
            AD,
            "{'name':'z','aliases':['x','y'],'type':'string','feature':{'kind':'categorical'}}");
    assertThat(FeatureCompatibility.compare(renamed, wrongOrder))
        .anyMatch(c -> c.kind() == Kind.IDENTITY && c.reason().contains("\"id\": \"x\""));
    FeatureSchema noAlias =
        schema(
            "{}",
            AD,
            "{'name':'y','type':'string','default':'','feature':{'kind':'categorical','id':'x'}}");
    assertThat(FeatureCompatibility.compare(older, noAlias))
        .anyMatch(c -> !c.compatible() && c.reason().contains("\"aliases\": [\"x\"]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      value = {
        "{'id':'ad'}; {}; false; 'ad' became none",
        "{'id':'ad'}; {'id':'b'}; false; 'ad' became 'b'",
        "{}; {'id':'ad'}; true; none became 'ad': clicks and duplicates",
        "{'time':'t'}; {}; false; 't' became none",
        "{'position':'n'}; {}; false; 'n' became none",
        "{}; {'position':'n'}; true; none became 'n': rankings are decided",
        "{'label':'t'}; {}; true; t became none",
        "{'table':{'rows':64}}; {'table':{'rows':128}}; false; 64 rows of dim 16 became 128 rows of dim 16",
        "{'table':{'dim':8}}; {}; false; of dim 8 became",
        "{'crosses':[{'name':'c','fields':['ad','b']}]}; {'crosses':[{'name':'c','fields':['b','ad']}]}; false; fields [ad, b] became [b, ad]",
        "{}; {'crosses':[{'name':'c','fields':['b','ad']}]}; true; added",
        "{'crosses':[{'name':'c','fields':['b','ad']}]}; {}; false; add 'c' to \"retired\"",
        "{'crosses':[{'name':'c','fields':['b','ad']}]}; {'retired':['c']}; true; removed",
      })
  void recordsRolesTableAndCrosses(String older, String newer, boolean compatible, String reason) {
    String[] fields = {
      AD,
      field("b", "'string'", "{'kind':'categorical'}"),
      field("n", "'int'", "{'kind':'categorical'}"),
      "{'name':'t','type':'long'}",
    };
    List<FeatureChange> changes =
        FeatureCompatibility.compare(schema(older, fields), schema(newer, fields));
    assertThat(changes).hasSize(1);
    assertThat(changes.get(0).compatible()).isEqualTo(compatible);
    assertThat(changes.get(0).reason()).contains(reason);
  }

  @Test
  void aRenamedRoleStaysWhatItIs() {
    FeatureSchema older = schema("{'id':'i'}", AD, "{'name':'i','type':'string'}");
    FeatureSchema newer = schema("{'id':'j'}", AD, "{'name':'j','aliases':['i'],'type':'string'}");
    assertThat(FeatureCompatibility.compare(older, newer)).isEmpty();
  }
}
