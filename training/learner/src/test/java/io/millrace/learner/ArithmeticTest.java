package io.millrace.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.feature.FeatureSchema;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The same examples learned by JVMs that compute with vectors of other widths, with none, and by
 * PyTorch: where the arithmetic's name is the same, so are all bits.
 */
class ArithmeticTest {
  private static final FeatureSchema SCHEMA = TestSchemas.categoricals(2);
  private static final String KINDS = "lr,fm,deepfm,autoint";
  private static final int EXAMPLES = 2_000;

  /** A kind as one JVM learned it. */
  private record Learned(String bits, String arithmetic) {}

  private static Map<String, Learned> learn(boolean vectors, String... flags) throws Exception {
    Map<String, Learned> learned = learn(KINDS, vectors, flags);
    assertThat(learned).hasSize(4);
    return learned;
  }

  private static Map<String, Learned> learn(String kinds, boolean vectors, String... flags)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> vectors || !argument.startsWith("--add-modules"))
        .forEach(command::add);
    command.add("-XX:+IgnoreUnrecognizedVMOptions");
    command.addAll(List.of(flags));
    String classes = System.getProperty("java.class.path");
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("surefire.test.class.path", classes),
            LearnedBits.class.getName(),
            Integer.toString(EXAMPLES),
            kinds));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    Map<String, Learned> learned = new LinkedHashMap<>();
    for (String line : output.strip().split("\n", -1)) {
      String[] parts = line.split("\t", -1);
      if (parts.length == 3) {
        learned.put(parts[0], new Learned(parts[1], parts[2]));
      }
    }
    return learned;
  }

  private static Learned of(@Nullable Map<String, Learned> learned, String kind) {
    return Objects.requireNonNull(Objects.requireNonNull(learned).get(kind), kind);
  }

  @Test
  void whereTheNameIsTheSameSoAreTheBits() throws Exception {
    Map<String, Map<String, Learned>> byJvm = new LinkedHashMap<>();
    byJvm.put("this machine's vectors", learn(true));
    byJvm.put("AVX2", learn(true, "-XX:UseAVX=2"));
    byJvm.put("AVX", learn(true, "-XX:UseAVX=1"));
    byJvm.put("scalars", learn(false));
    byJvm.put("PyTorch", learn(true, "-Dmillrace.engine=djl"));

    for (String kind : List.of("lr", "fm", "deepfm", "autoint")) {
      Map<String, String> bitsByName = new HashMap<>();
      Set<String> bits = new HashSet<>();
      byJvm.forEach(
          (jvm, learned) -> {
            Learned own = of(learned, kind);
            assertThat(bitsByName.computeIfAbsent(own.arithmetic(), name -> own.bits()))
                .as("%s by %s (%s)", kind, jvm, own.arithmetic())
                .isEqualTo(own.bits());
            bits.add(own.bits());
          });
      if (kind.equals("lr") || kind.equals("fm")) {
        assertThat(bitsByName).as(kind + " keeps its incarnation wherever it moves").hasSize(1);
      } else {
        assertThat(bits).as("arithmetics that give other bits of " + kind).hasSizeGreaterThan(2);
        assertThat(of(byJvm.get("scalars"), kind).arithmetic()).contains("scalars");
        assertThat(of(byJvm.get("PyTorch"), kind).arithmetic()).contains("PyTorch");
        assertThat(of(byJvm.get("AVX"), kind).arithmetic()).contains("lanes");
      }
    }
  }

  /**
   * A change that gives other bits from the same log must raise {@link CompiledModel#RULES} or the
   * kernels' number, and then write the file anew: the lines that {@link LearnedBits} prints for
   * 2,000 examples of all kinds. Arithmetics that no line names are not checked.
   */
  @Test
  void whatIsLearnedIsPinned() throws Exception {
    Map<String, String> pinned = new HashMap<>();
    try (InputStream in =
        Objects.requireNonNull(ArithmeticTest.class.getResourceAsStream("/learned-bits.tsv"))) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        String[] parts = line.split("\t", -1);
        if (parts.length == 3) {
          pinned.put(parts[0] + " by " + parts[2], parts[1]);
        }
      }
    }
    int found = 0;
    for (boolean vectors : new boolean[] {true, false}) {
      for (Map.Entry<String, Learned> learned : learn("all", vectors).entrySet()) {
        String name = learned.getKey() + " by " + learned.getValue().arithmetic();
        String bits = pinned.get(name);
        if (bits != null) {
          assertThat(learned.getValue().bits()).as(name).isEqualTo(bits);
          found++;
        }
      }
    }
    assertThat(found).as("lr has the same name everywhere").isGreaterThanOrEqualTo(2);
  }

  private static String arithmetic(ModelKind kind, String changes) {
    ModelConfig config = ModelConfig.defaults(kind, "m", SCHEMA).with(changes);
    try (CompiledModel compiled = CompiledModel.of(config, SCHEMA)) {
      return compiled.arithmetic();
    }
  }

  @Test
  void aNameHoldsWhatIsUsedAndNothingElse() {
    String math = ", " + JvmMath.name();
    String rules = "rules " + CompiledModel.RULES;
    String one = "{\"experts\":[{\"rate\":1,\"linearRate\":1}],\"mixer\":false}";
    assertThat(arithmetic(ModelKind.FM, one)).isEqualTo(rules);
    assertThat(arithmetic(ModelKind.FM, "{}")).isEqualTo(rules + math);
    assertThat(arithmetic(ModelKind.MLP, one))
        .startsWith(rules + ", kernels ")
        .contains(" lanes, Java ")
        .endsWith(math);
    assertThat(arithmetic(ModelKind.DEEPFM, "{}")).isEqualTo(arithmetic(ModelKind.MLP, one));
  }
}
