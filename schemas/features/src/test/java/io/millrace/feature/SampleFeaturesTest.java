package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.field;
import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class SampleFeaturesTest {
  private static final FeatureSchema SCHEMA =
      FeatureSchema.parse(
          record(
              "{'id':'i','time':'ts','label':'y'}",
              "{'name':'i','type':'string'}",
              "{'name':'ts','type':{'type':'long','logicalType':'timestamp-millis'}}",
              "{'name':'y','type':'int'}",
              "{'name':'note','type':{'type':'map','values':'string'}}",
              "{'name':'raw','type':['null','bytes'],'default':null}",
              field("ad", "'string'", "{'kind':'categorical'}"),
              field(
                  "kind",
                  "{'type':'enum','name':'K','symbols':['A','B']}",
                  "{'kind':'categorical'}"),
              field("new", "['null','boolean']", "{'kind':'categorical'}"),
              field("n", "'long'", "{'kind':'categorical','transform':'log_square'}"),
              field("p", "'double'", "{'kind':'numeric','transform':'log1p'}"),
              field("q", "['null','float']", "{'kind':'numeric','transform':'sqrt'}"),
              field("small", "'double'", "{'kind':'numeric','limit':1}"),
              field(
                  "near",
                  "'double'",
                  "{'kind':'numeric','transform':'standardize','mean':5000,'std':1,'limit':9}"),
              field("h", "{'type':'array','items':'long'}", "{'kind':'sequence','max':5}")));

  @Test
  void everyFieldHasAValueThatItsSchemaTakes() {
    FeatureEncoder encoder = FeatureEncoder.compile(SCHEMA);
    EncodedBatch batch = encoder.newBatch();
    for (int n : new int[] {0, 1, 2, Integer.MAX_VALUE, -1}) {
      Map<String, Object> values = SampleFeatures.of(SCHEMA, n);
      assertThat(values)
          .containsOnlyKeys("y", "note", "ad", "kind", "new", "n", "p", "q", "small", "near", "h");
      values.put("i", "");
      values.put("ts", 0L);
      GenericRecord record = FeatureRecords.fromMap(SCHEMA, values);
      encoder.encode(record, batch);
    }
    assertThat(batch.missing()).isNull();
    assertThat(batch.size()).isEqualTo(5);
  }

  @Test
  void anotherNumberGivesOtherValuesOfEveryField() {
    Map<String, Object> one = SampleFeatures.of(SCHEMA, 1);
    Map<String, Object> two = SampleFeatures.of(SCHEMA, 2);
    one.remove("note");
    one.remove("small"); // there may be but one value within a limit
    one.remove("near");
    one.forEach((name, value) -> assertThat(two.get(name)).as(name).isNotEqualTo(value));
  }
}
