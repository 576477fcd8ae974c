package io.millrace.trainer;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.learner.ProgramEngine;
import io.millrace.learner.TestSchemas;
import io.millrace.model.Architecture;
import io.millrace.model.ArmNetConfig;
import io.millrace.model.ArmNetPlusConfig;
import io.millrace.model.AutoIntConfig;
import io.millrace.model.AutoIntPlusConfig;
import io.millrace.model.CtrModel;
import io.millrace.model.DcnV2Config;
import io.millrace.model.DeepFmConfig;
import io.millrace.model.FinalMlpConfig;
import io.millrace.model.HiddenLayers;
import io.millrace.model.MlpConfig;
import io.millrace.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What each shipped configuration costs on ten fields, as a table: dense parameters, operations of
 * a prediction by formula, and processor time of one thread. Arguments: the folder of
 * configurations, seconds for each figure.
 *
 * <p>Shapes: F fields, D dimension of a field vector, A width of an attention layer, K heads of o
 * neurons.
 */
final class ModelCosts {
  private static final int FIELDS = 10;
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES).build();

  private ModelCosts() {}

  public static void main(String[] args) throws IOException {
    double seconds = Double.parseDouble(args[1]);
    List<Path> files;
    try (Stream<Path> all = Files.list(Path.of(args[0]))) {
      files = all.sorted().toList();
    }
    System.out.println(
        "| configuration | dense parameters | kFLOP of a prediction | µs of a prediction, of 100 |"
            + " µs of forward and backward |");
    System.out.println("|---|---|---|---|---|");
    for (Path file : files) {
      print(file, seconds);
    }
  }

  private static void print(Path file, double seconds) throws IOException {
    String kind = "";
    String architecture = "{}";
    int dim = 1;
    for (String line : Files.readAllLines(file)) {
      String setting = line.trim();
      if (setting.startsWith("dim: ")) {
        dim = Integer.parseInt(setting.substring(5));
      } else if (setting.startsWith("architecture: ")) {
        architecture =
            setting
                .substring("architecture: ".length())
                .replaceAll("kind: ([^,}]+)", "kind: \"$1\"");
        JsonNode kindOf = JSON.readTree(architecture).get("kind");
        kind = kindOf.asText();
        architecture = JSON.readTree(architecture).toString();
      }
    }
    String name = file.getFileName().toString().replace(".yaml", "");
    ModelKind of = ModelKind.named(kind.isEmpty() ? name : kind);
    ModelConfig config = ModelConfig.defaults(of, "costs", TestSchemas.categoricals(FIELDS));
    if (!kind.isEmpty()) {
      config = config.with("{\"architecture\":" + architecture + "}");
    }
    CtrModel model = config.architecture().model(ProgramEngine.chosen(), FIELDS, dim, dim);
    int parameters = model.tensors().stream().mapToInt(TensorSpec::size).sum();
    System.out.printf(
        Locale.ROOT,
        "| `%s`, D %d | %,d | %,.1f | %.2f | %.1f |%n",
        name,
        dim,
        parameters,
        operations(config.architecture(), dim) / 1000.0,
        TrainingSpeed.answering(model, seconds) / 100,
        1e6 / TrainingSpeed.computing(model, seconds));
  }

  /** Multiplications and additions of one prediction; what is less than them is left out. */
  private static long operations(Architecture architecture, int dim) {
    long values = (long) FIELDS * dim;
    if (architecture instanceof MlpConfig mlp) {
      return perceptron(mlp.hidden(), values);
    }
    if (architecture instanceof DeepFmConfig deep) {
      return pairs(dim) + perceptron(deep.hidden(), values - FIELDS);
    }
    if (architecture instanceof DcnV2Config cross) {
      long crosses = cross.crossLayers() * (2 * values * values + 2 * values);
      return crosses + perceptron(cross.hidden(), values) + (cross.stacked() ? 0 : 2 * values);
    }
    if (architecture instanceof FinalMlpConfig two) {
      long fused = 2L * last(two.first()) * last(two.second()) / two.heads();
      long gates = gate(two.firstContext(), two, dim) + gate(two.secondContext(), two, dim);
      return perceptron(two.first(), values) + perceptron(two.second(), values) + fused + gates;
    }
    if (architecture instanceof AutoIntConfig attention) {
      return attention(attention, dim);
    }
    if (architecture instanceof AutoIntPlusConfig plus) {
      return attention(plus.attention(), dim) + perceptron(plus.dnn(), values);
    }
    if (architecture instanceof ArmNetConfig arm) {
      return neurons(arm, dim);
    }
    if (architecture instanceof ArmNetPlusConfig plus) {
      return neurons(plus.arm(), dim / 2) + perceptron(plus.dnn(), values / 2);
    }
    return pairs(dim); // fm; lr has a weight alone
  }

  private static long perceptron(HiddenLayers layers, long in) {
    long sum = 0;
    long from = in;
    for (int width : layers.widths()) {
      sum += 2 * from * width;
      from = width;
    }
    return sum + 2 * from;
  }

  private static int last(HiddenLayers layers) {
    return layers.widths().get(layers.widths().size() - 1);
  }

  private static long gate(List<Integer> context, FinalMlpConfig config, int dim) {
    long in = (long) dim * Math.max(1, context.size());
    return 2L * config.gateUnits() * (in + (long) FIELDS * dim);
  }

  /** Sums, and sums of squares, of factors; a linear weight of each field. */
  private static long pairs(int dim) {
    return FIELDS * (1 + 4L * (dim - 1));
  }

  private static long attention(AutoIntConfig config, int dim) {
    long width = (long) config.heads() * config.headDim();
    long sum = 0;
    long from = dim;
    for (int l = 0; l < config.layers(); l++) {
      sum += 8 * FIELDS * from * width + 4L * FIELDS * FIELDS * width;
      from = width;
    }
    return sum + 2 * FIELDS * from;
  }

  private static long neurons(ArmNetConfig config, int dim) {
    long neurons = config.totalNeurons();
    return 4 * neurons * FIELDS * dim + perceptron(config.hidden(), neurons * dim);
  }
}
