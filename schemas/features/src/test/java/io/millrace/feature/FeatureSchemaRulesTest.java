package io.millrace.feature;

import static io.millrace.feature.FeatureSchemaTest.field;
import static io.millrace.feature.FeatureSchemaTest.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schema.CompatibilityLevel;
import io.millrace.schema.InvalidSchemaException;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class FeatureSchemaRulesTest {
  private static final FeatureSchemaRules RULES = new FeatureSchemaRules();
  private static final Schema PLAIN = plain("{'name':'n','type':'long'}");
  private static final Schema LOG =
      record("{}", field("p", "'double'", "{'kind':'numeric','transform':'log1p'}"));
  private static final Schema SQRT =
      record("{}", field("p", "'double'", "{'kind':'numeric','transform':'sqrt'}"));

  private static Schema plain(String field) {
    return new Schema.Parser()
        .parse(
            "{'type':'record','name':'R','namespace':'t','fields':[%s]}"
                .formatted(field)
                .replace('\'', '"'));
  }

  @Test
  void schemasWithoutFeaturesPass() {
    assertThatCode(() -> RULES.validate("t.R", PLAIN)).doesNotThrowAnyException();
    assertThatCode(() -> RULES.validate("t.R", Schema.create(Schema.Type.STRING)))
        .doesNotThrowAnyException();
    assertThat(RULES.incompatibilities("t.R", SQRT, List.of(PLAIN), CompatibilityLevel.BACKWARD))
        .isEmpty();
  }

  @Test
  void invalidAnnotationsAreRefusedWithTheNearestName() {
    assertThatThrownBy(
            () -> RULES.validate("t.R", record("{}", field("p", "'double'", "{'kind':'numerik'}"))))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("t.R.p: feature.kind: unknown 'numerik', did you mean 'numeric'?");
    assertThatThrownBy(
            () ->
                RULES.validate(
                    "t.R", plain("{'name':'p','type':'long','featur':{'kind':'numeric'}}")))
        .isInstanceOf(InvalidSchemaException.class)
        .hasMessageContaining("t.R.p: unknown property 'featur', did you mean 'feature'?");
  }

  @Test
  void changesAreRefusedOnceAtEveryLevelButNone() {
    for (CompatibilityLevel level : CompatibilityLevel.values()) {
      List<String> reasons = RULES.incompatibilities("t.R", SQRT, List.of(LOG, LOG), level);
      if (level == CompatibilityLevel.NONE) {
        assertThat(reasons).isEmpty();
      } else {
        assertThat(reasons).hasSize(1);
        assertThat(reasons.get(0)).startsWith("p: transform log1p became sqrt");
      }
    }
    assertThat(RULES.incompatibilities("t.R", PLAIN, List.of(LOG), CompatibilityLevel.FULL))
        .containsExactly(
            "t.R: no field has a 'feature' property any more, expected a feature schema as before");
  }
}
