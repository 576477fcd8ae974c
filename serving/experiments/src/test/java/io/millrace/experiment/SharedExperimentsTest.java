package io.millrace.experiment;

import static io.millrace.experiment.TestExperiments.ANN;
import static io.millrace.experiment.TestExperiments.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.experiment.ExperimentChange.Create;
import io.millrace.experiment.ExperimentChange.Start;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes change the experiments at once, and agree on what came of it. */
class SharedExperimentsTest {
  private static final int EXPERIMENTS = 3;

  @TempDir private Path folder;

  @Test
  void twoThatChangeAtOnceLoseNothing() throws Exception {
    try (EmbeddedKafka kafka = new EmbeddedKafka(folder, EmbeddedKafka.newClusterId()).start()) {
      var unused = TopicAdmin.create(kafka.client(), Topics.DEFAULT, List.of(), 1, 1);
      try (ExperimentLog one = log(kafka);
          ExperimentLog other = log(kafka)) {
        CompletableFuture.allOf(
                CompletableFuture.runAsync(() -> change(one, "one")),
                CompletableFuture.runAsync(() -> change(other, "other")))
            .get();
        ExperimentView view = one.newest();
        assertThat(view.revision()).isEqualTo(4 * EXPERIMENTS);
        assertThat(view.catalog().assigners()).hasSize(2 * EXPERIMENTS);
        assertThat(other.newest()).isEqualTo(view);
        try (ExperimentLog late = log(kafka)) {
          assertThat(late.newest()).isEqualTo(view);
        }
      }
    }
  }

  private static ExperimentLog log(EmbeddedKafka kafka) {
    return ExperimentLog.onKafka(
        kafka.client(), Topics.DEFAULT.experiments(), Clock.systemUTC(), Duration.ofSeconds(30));
  }

  private static void change(ExperimentLog log, String by) {
    for (int i = 0; i < EXPERIMENTS; i++) {
      Experiment draft =
          ExperimentBuilder.builder(running(by + "-" + i)).state(ExperimentState.DRAFT).build();
      var unused = log.change(view -> Optional.of(new Create(draft)), false);
      unused =
          log.change(view -> Optional.of(new Start(draft.key(), Optional.empty(), ANN)), false);
    }
  }
}
