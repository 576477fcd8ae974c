package io.millrace.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.deployment.DeploymentChange.Add;
import io.millrace.deployment.DeploymentChange.Point;
import io.millrace.feature.BuiltInSchemas;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.topic.TopicAdmin;
import io.millrace.topic.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes change the deployments at once, and agree on what came of it. */
class SharedDeploymentsTest {
  private static final int MODELS = 15;
  private static final Made MADE = new Made("test", Instant.EPOCH);

  @TempDir private Path folder;

  @Test
  void twoThatChangeAtOnceLoseNothing() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (EmbeddedKafka kafka = new EmbeddedKafka(folder, EmbeddedKafka.newClusterId()).start()) {
      var unused = TopicAdmin.create(kafka.client(), Topics.DEFAULT, List.of(), 1, 1);
      try (DeploymentLog one = log(kafka);
          DeploymentLog other = log(kafka)) {
        List<Future<?>> changes = new ArrayList<>();
        changes.add(threads.submit(() -> change(one, "one")));
        changes.add(threads.submit(() -> change(other, "other")));
        for (Future<?> each : changes) {
          each.get();
        }
        DeploymentView view = one.newest();
        assertThat(view.revision()).isEqualTo(4 * MODELS);
        assertThat(view.present()).hasSize(2 * MODELS);
        assertThat(other.newest()).isEqualTo(view);
        try (DeploymentLog late = log(kafka)) {
          assertThat(late.newest()).isEqualTo(view);
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static DeploymentLog log(EmbeddedKafka kafka) {
    return DeploymentLog.onKafka(
        kafka.client(), Topics.DEFAULT.deployments(), Clock.systemUTC(), Duration.ofSeconds(30));
  }

  private static void change(DeploymentLog log, String by) {
    for (int i = 0; i < MODELS; i++) {
      ModelConfig config =
          ModelConfig.defaults(
              ModelKind.LR, by + "-" + i, BuiltInSchemas.load(BuiltInSchemas.AD_WORLD));
      var unused =
          log.change(
              view ->
                  Optional.of(new Add(config, new Origin.Anew(), DeploymentState.LEARNING, MADE)),
              false);
      unused = log.change(view -> Optional.of(new Point(Alias.LIVE, config.name(), MADE)), false);
    }
  }
}
