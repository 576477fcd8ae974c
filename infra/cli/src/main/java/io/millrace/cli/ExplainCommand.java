package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.explanation.Explanation;
import io.millrace.explanation.GlobalExplanation;
import io.millrace.feature.FeatureEncoder;
import io.millrace.offline.ExplanationTables;
import io.millrace.replay.ExampleFile;
import io.millrace.replay.SourceFile;
import io.millrace.standalone.UserError;
import io.millrace.trained.LabeledExamples;
import io.millrace.trained.TrainedModel;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says what made a prediction (--features, asks a running server),",
      "or what a trained model makes of a file of examples (--from)."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ExplainCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @ArgGroup(multiplicity = "1")
  private Subject subject;

  @Option(
      names = "--top",
      description = "Lines of each table, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int top = 10;

  @Option(names = "--json", description = "Prints JSON in place of tables.")
  private boolean json;

  /** One of the two. */
  private static final class Subject {
    @ArgGroup(exclusive = false, heading = "%nA prediction of a running server:%n")
    private @Nullable Served served;

    @ArgGroup(exclusive = false, heading = "%nA trained model:%n")
    private @Nullable Trained trained;
  }

  private static final class Served {
    @Option(
        names = "--features",
        required = true,
        description = "A feature record as a JSON object.")
    private String features;

    @Option(names = "--server", description = "Address (default: http://127.0.0.1:8080).")
    private URI server = URI.create("http://127.0.0.1:8080");
  }

  private static final class Trained {
    @Option(names = "--from", required = true, description = "Folder that 'millrace train' wrote.")
    private Path from;

    @ArgGroup(exclusive = false, multiplicity = "0..1")
    private FeatureSource options = new FeatureSource();

    @Option(names = "--limit", description = "Examples explained at most (default: 5000).")
    private int limit = 5_000;

    @Parameters(paramLabel = "FILE", description = "Labelled examples.")
    private Path file;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (top < 1 || top > 1_000) {
      throw new UserError("--top %d, expected 1 to 1000".formatted(top));
    }
    if (subject.served != null) {
      explainServed(subject.served);
    } else if (subject.trained != null) {
      explainTrained(subject.trained);
    }
    return 0;
  }

  private void explainServed(Served served) throws JsonProcessingException, InterruptedException {
    ObjectNode request = JSON.createObjectNode().put("explain", true).put("explainTop", top);
    try {
      request.set("features", JSON.readTree(served.features));
    } catch (JsonProcessingException e) {
      throw new UserError("--features %s, expected a JSON object".formatted(served.features));
    }
    JsonNode answer =
        JSON.readTree(
            new ServerClient(served.server).post("/v1/predict", JSON.writeValueAsString(request)));
    if (json) {
      System.out.println(JSON.writeValueAsString(answer));
      return;
    }
    System.out.printf(
        "model %s, version %s%n", answer.path("model").asText(), answer.path("version").asText());
    System.out.print(
        ExplanationTables.of(
            JSON.treeToValue(answer.at("/predictions/0/explanation"), Explanation.class)));
  }

  private void explainTrained(Trained trained) throws IOException {
    if (trained.limit < 1) {
      throw new UserError("--limit %d, expected at least 1".formatted(trained.limit));
    }
    TrainedModel model = TrainedFolder.read(trained.from);
    LabeledExamples examples =
        new ExampleFile(SourceFile.of(trained.file, trained.options.settings(), model.schema()))
            .read(FeatureEncoder.compile(model.schema()));
    GlobalExplanation explanation = model.explain(examples, trained.limit).top(top);
    System.out.print(
        json
            ? JSON.writeValueAsString(explanation) + System.lineSeparator()
            : ExplanationTables.of(explanation));
  }
}
