package io.millrace.experiment;

import static io.millrace.experiment.TestExperiments.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExperimentCatalogTest {
  private static Experiment in(String key, String layer, double from, double to) {
    return ExperimentBuilder.builder(running(key))
        .layer(Optional.of(new Layer(layer, from, to)))
        .build();
  }

  @Test
  void holdsWhatRuns() {
    Experiment draft =
        ExperimentBuilder.builder(running("draft")).state(ExperimentState.DRAFT).build();
    ExperimentCatalog catalog = ExperimentCatalog.of(List.of(running("a"), draft, running("b")));
    assertThat(catalog.assigners()).containsOnlyKeys("a", "b");
    assertThat(catalog.find("a").orElseThrow().experiment()).isEqualTo(running("a"));
    assertThat(catalog.find("draft")).isEmpty();
    assertThatThrownBy(() -> ExperimentCatalog.of(List.of(running("a"), running("a"))))
        .hasMessage("experiment a: it is there twice, expected one of each key");
  }

  @Test
  void experimentsOfOneLayerExcludeEachOther() {
    ExperimentCatalog beside =
        ExperimentCatalog.of(
            List.of(in("a", "l", 0, 0.5), in("b", "l", 0.5, 1), in("c", "other", 0.2, 0.7)));
    assertThat(beside.assigners()).hasSize(3);
    assertThat(
            ExperimentCatalog.of(List.of(in("b", "l", 0.5, 1), in("a", "l", 0, 0.5))).assigners())
        .hasSize(2);
    assertThatThrownBy(
            () -> ExperimentCatalog.of(List.of(in("a", "l", 0, 0.5), in("b", "l", 0.4, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "experiment b: layer l from 0.4 to 1.0, expected a part that no running experiment"
                + " has: a has 0.0 to 0.5");
    Experiment sessions =
        ExperimentBuilder.builder(in("b", "l", 0.5, 1))
            .unit(new Unit(UnitKind.SESSION, "session"))
            .build();
    assertThatThrownBy(() -> ExperimentCatalog.of(List.of(in("a", "l", 0, 0.5), sessions)))
        .hasMessage(
            "experiment b: unit.attribute: session, expected user as of experiment a, which runs"
                + " in the same layer, l");
  }
}
