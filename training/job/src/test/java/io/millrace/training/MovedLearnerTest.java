package io.millrace.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.EmbeddedKafka;
import io.millrace.event.VersionManifest;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.parameters.ParameterView;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A learner goes on in another process whose arithmetic differs, scalars in place of vectors, while
 * a server follows.
 */
class MovedLearnerTest {
  private static final String PREFIX = "moved-";
  private static final int CHECKPOINT = 75;
  private static final int END = 90;
  private static final long LAST_VERSION = 80;

  @TempDir Path directory;

  private static ModelConfig config(ModelKind kind) {
    return TestExamples.config(kind, 16);
  }

  private static String name(ModelKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @ParameterizedTest
  @EnumSource(names = {"FM", "DEEPFM", "AUTOINT"})
  void aServerEndsWithWhatTheLearnerKnowsNow(ModelKind kind) throws Exception {
    boolean sameBits = kind == ModelKind.FM;
    try (EmbeddedKafka kafka =
            new EmbeddedKafka(directory.resolve("broker"), EmbeddedKafka.newClusterId()).start();
        TestTopics topics = new TestTopics(kafka, PREFIX, 1, name(kind));
        ParameterView view = topics.view(name(kind), directory.resolve("view"))) {
      OperatorSubtaskState state;
      String firstBits;
      try (OperatorHarness first = new OperatorHarness(topics, topics.job(config(kind)), null)) {
        read(topics, first, 0, CHECKPOINT);
        state = first.snapshot(1);
        read(topics, first, CHECKPOINT, END);
        first.awaitPublished(LAST_VERSION);
        firstBits = Bits.sum(first.learner());
      }
      awaitShown(view, 1);
      assertThat(Bits.sum(view.current().orElseThrow())).isEqualTo(firstBits);

      String movedBits = goOnElsewhere(kafka, kind, state);

      try (ParameterView fresh = topics.view(name(kind), directory.resolve("fresh"))) {
        for (ParameterView each : List.of(view, fresh)) {
          ModelSnapshot shown = awaitShown(each, sameBits ? 1 : 2);
          assertThat(Bits.sum(shown)).isEqualTo(movedBits);
        }
      }
      assertThat(movedBits.equals(firstBits)).isEqualTo(sameBits);
      assertThat(view.current().orElseThrow().manifest().getArithmeticSince())
          .isEqualTo(sameBits ? 0 : 64);

      // and back, from the checkpoint before the move
      try (OperatorHarness back = new OperatorHarness(topics, topics.job(config(kind)), state)) {
        read(topics, back, CHECKPOINT, END);
        // the moved learner's manifest is of this version too
        VersionManifest last = back.awaitPublished(LAST_VERSION, sameBits ? 1 : 3);
        assertThat(last.getArithmeticSince()).isZero();
      }
      assertThat(Bits.sum(awaitShown(view, sameBits ? 1 : 3))).isEqualTo(firstBits);
    }
  }

  /** A transaction that a closed learner left open holds readers back until its timeout. */
  private static ModelSnapshot awaitShown(ParameterView view, long incarnation) {
    await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                view.current()
                    .filter(shown -> shown.version() == LAST_VERSION)
                    .filter(shown -> shown.manifest().getIncarnation() == incarnation)
                    .isPresent());
    return view.current().orElseThrow();
  }

  private static void read(TestTopics topics, OperatorHarness learner, int from, int to)
      throws Exception {
    for (int i = from; i < to; i++) {
      learner.read(i, topics.examples.example(i));
    }
  }

  /** Goes on in a JVM without vectors; returns the checksum of what it has learned. */
  private String goOnElsewhere(EmbeddedKafka kafka, ModelKind kind, OperatorSubtaskState state)
      throws Exception {
    Path file = directory.resolve("state");
    try (OutputStream out = Files.newOutputStream(file);
        ObjectOutputStream objects = new ObjectOutputStream(out)) {
      objects.writeObject(state);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> !argument.startsWith("--add-modules"))
        .forEach(command::add);
    String classes = System.getProperty("java.class.path");
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", classes),
            Elsewhere.class.getName(),
            kafka.bootstrapServers(),
            kind.name(),
            file.toString()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains(Elsewhere.BITS);
    return output.substring(output.indexOf(Elsewhere.BITS) + Elsewhere.BITS.length()).strip();
  }

  /** The learner's other process: broker, kind and file of its state. */
  static final class Elsewhere {
    static final String BITS = "bits of what was learned: ";

    private Elsewhere() {}

    public static void main(String[] args) throws Exception {
      ModelKind kind = ModelKind.valueOf(args[1]);
      try (TestTopics topics = new TestTopics(args[0], PREFIX, 1, name(kind));
          OperatorHarness learner =
              new OperatorHarness(topics, topics.job(config(kind)), state(Path.of(args[2])))) {
        learner.awaitPublished(64);
        read(topics, learner, CHECKPOINT, END);
        learner.awaitPublished(LAST_VERSION);
        System.out.println(BITS + Bits.sum(learner.learner()));
      }
    }

    @SuppressWarnings("BanSerializableRead") // the test's own file
    private static OperatorSubtaskState state(Path file)
        throws IOException, ClassNotFoundException {
      try (InputStream in = Files.newInputStream(file);
          ObjectInputStream objects = new ObjectInputStream(in)) {
        return (OperatorSubtaskState) objects.readObject();
      }
    }
  }
}
