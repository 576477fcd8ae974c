package io.millrace.ranking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.feature.RecordTemplate;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

class RequestFeaturesTest {
  private static final FeatureSchema V1 =
      schema("", field("ad", ""), field("os", ",'default':'none'"));

  /** The ad is renamed, the system is gone, a brand is new. */
  private static final FeatureSchema V2 =
      schema(
          ",'millrace':{'retired':['os']}",
          field("item", ",'aliases':['ad']"),
          field("brand", ",'default':''"));

  private static final FeatureSchema WRONG = schema("", field("ad", ""));

  private static FeatureSchema schema(String more, String... fields) {
    return FeatureSchema.parse(
        new Schema.Parser()
            .parse(
                "{'type':'record','name':'Ad'%s,'fields':[%s]}"
                    .formatted(more, String.join(",", fields))
                    .replace('\'', '"')));
  }

  private static String field(String name, String more) {
    return "{'name':'%s','type':'string','feature':{'kind':'categorical'}%s}".formatted(name, more);
  }

  private static GenericRecord record(RecordTemplate template, Map<String, Object> features) {
    return template.share(Map.of(), Map.of()).with(features);
  }

  private static String text(GenericRecord record) {
    return record.toString().replace("\"", "");
  }

  @Test
  void aRequestMayNameFeaturesOfBothVersions() {
    RequestFeatures features = RequestFeatures.of(V1, V2);
    assertThat(features.isOne()).isFalse();
    Map<String, Object> old = Map.of("ad", "a", "os", "x");
    assertThat(text(record(features.forModel(), old))).isEqualTo("{ad: a, os: x}");
    assertThat(text(record(features.forLog(), old))).isEqualTo("{item: a, brand: }");
    Map<String, Object> young = Map.of("item", "a", "brand", "b");
    assertThat(text(record(features.forModel(), young))).isEqualTo("{ad: a, os: none}");
    assertThat(text(record(features.forLog(), young))).isEqualTo("{item: a, brand: b}");
    assertThatThrownBy(() -> record(features.forModel(), Map.of("ad", "a", "brnd", "b")))
        .isInstanceOf(InvalidFeatureException.class)
        .hasMessageContaining("field brnd");
  }

  @Test
  void anIncompatibleOrUnknownNewestVersionIsNotFollowed() {
    assertThat(RequestFeatures.of(V1, WRONG).isOne()).isTrue();
    assertThat(RequestFeatures.of(V1, null).isOne()).isTrue();
    assertThat(RequestFeatures.of(V1, V1).isOne()).isTrue();
    assertThatThrownBy(
            () -> record(RequestFeatures.of(V1, null).forModel(), Map.of("ad", "a", "brand", "b")))
        .isInstanceOf(InvalidFeatureException.class);
  }

  @Test
  void anEvolvedModelAnswersTheOldNames() {
    RequestFeatures features = RequestFeatures.of(V2, V2);
    assertThat(text(record(features.forModel(), Map.of("ad", "a"))))
        .isEqualTo("{item: a, brand: }");
    assertThatThrownBy(() -> record(features.forModel(), Map.of("ad", "a", "item", "b")))
        .isInstanceOf(InvalidFeatureException.class)
        .hasMessageContaining("field ad");
  }
}
