package io.millrace.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.Feature;
import io.millrace.feature.FeatureChange;
import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureSchema;
import io.millrace.standalone.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvolutionTest {
  private static final FeatureSchema RATINGS = BuiltInSchemas.load(BuiltInSchemas.MOVIELENS_STREAM);
  private static final FeatureSchema ADS = BuiltInSchemas.load(BuiltInSchemas.AD_WORLD);

  @Test
  void everyFeatureThatNoOtherNeedsCanComeLater() {
    for (FeatureSchema full : List.of(RATINGS, ADS, BuiltInSchemas.load(BuiltInSchemas.CRITEO))) {
      for (Feature feature : full.encodedFields()) {
        if (feature.name().equals("category")) {
          continue;
        }
        Evolution evolution = Evolution.adding(feature.name(), full, 0.25);
        assertThat(evolution.before().encodedFields()).doesNotContain(feature);
        assertThat(evolution.after().encodedFields()).endsWith(feature);
        assertThat(FeatureCompatibility.compare(evolution.before(), evolution.after()))
            .singleElement()
            .matches(FeatureChange::compatible)
            .matches(change -> change.feature().equals(feature.name()));
        assertThat(evolution.row(1000)).isEqualTo(250);
      }
    }
  }

  @Test
  void whatCannotComeLaterIsSaid() {
    assertThatThrownBy(() -> Evolution.adding("genre", RATINGS, 0.5))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--add-feature 'genre'")
        .hasMessageContaining("did you mean 'genres'?");
    assertThatThrownBy(() -> Evolution.adding("impression_id", RATINGS, 0.5))
        .isInstanceOf(UserError.class);
    assertThatThrownBy(() -> Evolution.adding("category", ADS, 0.5))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("the schema without it is not valid")
        .hasMessageContaining("feature.shares: 'category'");
    assertThatThrownBy(() -> Evolution.adding("genres", RATINGS, 1.5))
        .isInstanceOf(UserError.class)
        .hasMessage("--evolve-at 1.5, expected 0 to 1");
  }
}
