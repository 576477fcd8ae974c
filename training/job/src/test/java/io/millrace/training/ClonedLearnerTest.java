package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.VersionManifest;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelConfigBuilder;
import io.millrace.learner.ModelKind;
import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A learner that begins with all that another one knows. */
class ClonedLearnerTest {
  private static final int CUT = 75;
  private static final int END = 90;
  private static final long LAST_VERSION = 80;

  @TempDir Path directory;

  private static ModelConfig source(ModelKind kind) {
    return ModelConfigBuilder.builder(TestExamples.config(kind, 16)).name("source").build();
  }

  private static ModelConfig clone(ModelConfig of, String overrides) {
    return of.with("{\"name\":\"clone\"}").with(overrides);
  }

  private static TrainingJobConfig job(TestTopics topics, ModelConfig model) {
    return topics.job(model).withCloneOf("source");
  }

  private static void read(TestTopics topics, OperatorHarness learner, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      learner.read(i, topics.examples.example(i));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LR", "FM", "DEEPFM", "AUTOINT"})
  void thatOnlyContinuesItIsItsSourceBitForBit(ModelKind kind) throws Exception {
    ModelConfig config = source(kind);
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("broker"), EmbeddedKafka.newClusterId()).start();
        TestTopics topics = new TestTopics(kafka, "", 1, "source", "clone")) {
      OperatorSubtaskState cut;
      String sourceBits;
      try (OperatorHarness source = new OperatorHarness(topics, topics.job(config), null)) {
        read(topics, source, 0, CUT);
        cut = source.snapshot(1);
        read(topics, source, CUT, END);
        source.awaitPublished(LAST_VERSION);
        sourceBits = Bits.sum(source.learner());
      }
      OperatorSubtaskState own;
      try (OperatorHarness clone =
          new OperatorHarness(topics, job(topics, clone(config, "{}")), cut)) {
        read(topics, clone, CUT, END);
        VersionManifest last = clone.awaitPublished(LAST_VERSION, 1);
        assertThat(last.getModel()).isEqualTo("clone");
        assertThat(Bits.sum(clone.learner())).isEqualTo(sourceBits);
        assertThat(clone.learner().total().examples()).isEqualTo(LAST_VERSION - 64);
        own = clone.snapshot(2);
      }
      // its own state from now on, and no second beginning
      try (OperatorHarness restarted =
          new OperatorHarness(topics, job(topics, clone(config, "{}")), own)) {
        restarted.awaitPublished(LAST_VERSION, 1);
        assertThat(Bits.sum(restarted.learner())).isEqualTo(sourceBits);
        assertThat(restarted.learner().total().examples()).isEqualTo(LAST_VERSION - 64);
      }
      // cut once more, it takes the place of what the first had published
      try (OperatorHarness again =
          new OperatorHarness(topics, job(topics, clone(config, "{}")), cut)) {
        read(topics, again, CUT, END);
        again.awaitPublished(LAST_VERSION, 2);
        assertThat(Bits.sum(again.learner())).isEqualTo(sourceBits);
      }
    }
  }

  @Test
  void withOtherRatesItGoesItsOwnWay() throws Exception {
    ModelConfig config = source(ModelKind.FM);
    ModelConfig faster = clone(config, "{\"rowOptimizer\":{\"learningRate\":0.5}}");
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("broker"), EmbeddedKafka.newClusterId()).start();
        TestTopics topics = new TestTopics(kafka, "", 1, "source", "clone")) {
      OperatorSubtaskState cut;
      String cutBits;
      try (OperatorHarness source = new OperatorHarness(topics, topics.job(config), null)) {
        read(topics, source, 0, CUT);
        cut = source.snapshot(1);
        cutBits = Bits.sum(source.learner());
      }
      try (OperatorHarness clone = new OperatorHarness(topics, job(topics, faster), cut)) {
        assertThat(Bits.sum(clone.learner())).isEqualTo(cutBits);
        read(topics, clone, CUT, END);
        assertThat(Bits.sum(clone.learner())).isNotEqualTo(cutBits);
      }
      ModelConfig wider = clone(config, "{\"dim\":%d}".formatted(2 * config.dim()));
      assertThatThrownBy(() -> new OperatorHarness(topics, job(topics, wider), cut).close())
          .hasRootCauseMessage(
              "model clone: dim is %d, but the model that it is a clone of has %d; a clone may differ in rates and other numbers of the same optimizers"
                  .formatted(2 * config.dim(), config.dim()));
      assertThatThrownBy(() -> new OperatorHarness(topics, job(topics, faster), null).close())
          .hasRootCauseMessage(
              "model clone: it is a clone of source, but was started without a state of that");
    }
  }
}
