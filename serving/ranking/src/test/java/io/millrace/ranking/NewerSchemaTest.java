package io.millrace.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.learner.ModelKind;
import io.millrace.model.Engine;
import io.millrace.registry.InMemorySchemaRegistry;
import io.millrace.schema.SubjectNames;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Producers register newer versions of a feature schema under the subjects of their clients. */
class NewerSchemaTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"shop.ads.AdImpression", "impressions-value", "impressions-shop.ads.AdImpression"})
  void aNewerVersionIsSeenUnderEachStrategysSubject(String subject) {
    Schema newer =
        new Schema.Parser()
            .parse(
                ServedFixture.SCHEMA
                    .avro()
                    .toString()
                    .replace(
                        "\"fields\":[",
                        "\"fields\":[{\"name\":\"campaign\",\"type\":[\"null\",\"string\"],"
                            + "\"default\":null,\"feature\":{\"kind\":\"categorical\"}},"));
    InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
    registry.register("shop.ads.AdImpression", ServedFixture.SCHEMA.avro());
    registry.register("impressions-value", new Schema.Parser().parse("\"string\""));
    ServedFixture.Source source =
        new ServedFixture.Source(ServedFixture.version("ctr", ModelKind.FM, 1));
    try (ServedModel model =
        new ServedModel(
            source,
            registry,
            new SubjectNames("impressions", SubjectNames.STRATEGIES),
            Engine.KERNELS,
            nanos -> {})) {
      assertThat(model.newest()).isPresent();
      registry.register(subject, newer);
      model.lookForNewerSchema();
      assertThat(model.requestFeatures().log().avro().getField("campaign")).isNotNull();
    }
  }
}
