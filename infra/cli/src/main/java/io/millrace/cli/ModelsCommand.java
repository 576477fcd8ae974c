package io.millrace.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.standalone.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The models of a running platform; each change is one request, which the answer puts in words. */
@Command(
    name = "models",
    mixinStandardHelpOptions = true,
    description =
        "Lists the models of a running platform, and changes which there are and what they do; see docs/guides/models-that-come-and-go.md.",
    synopsisSubcommandLabel =
        "(list | show | add | clone | freeze | learn | promote | rollback | retire)")
@SuppressWarnings("NullAway.Init") // picocli sets the parameters
final class ModelsCommand {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String MODELS = "/v1/models";
  private static final String STATE = "/v1/models/state";
  private static final String ALIASES = "/v1/aliases";

  @Command(
      mixinStandardHelpOptions = true,
      description = "All models, with what is served of them.")
  int list(
      @Mixin ServerOption server,
      @Option(names = "--json", description = "The deployments as JSON.") boolean json)
      throws InterruptedException {
    JsonNode deployments = server.client().json("/v1/deployments");
    if (json) {
      System.out.println(deployments.toPrettyString());
      return 0;
    }
    JsonNode status = server.client().status();
    TextTable table =
        new TextTable(
            "model",
            "state",
            "aliases",
            "kind",
            "version",
            "learned",
            "differs by",
            "AUC",
            "log loss",
            "from");
    for (JsonNode model : deployments.path("models")) {
      JsonNode served = served(status, model.path("name").asText());
      table.row(
          model.path("name").asText(),
          model.path("state").asText(),
          joined(model.path("aliases")),
          model.path("kind").asText(),
          served.path("version").asText("-"),
          count(served),
          model.path("state").asText().equals("shadow") ? difference(served) : "-",
          figure(served, "auc"),
          figure(served, "logloss"),
          model.path("from").asText("-"));
    }
    System.out.print(table);
    for (JsonNode part : status.path("parts")) {
      String name = part.path("name").asText();
      boolean ofModel = name.startsWith("Job training-") || name.startsWith("Model ");
      if (ofModel && !part.path("state").asText().equals("running")) {
        System.out.printf(
            "%s is %s since %s: %s%n",
            name,
            part.path("state").asText(),
            Instant.ofEpochMilli(part.path("since").asLong()),
            part.path("reason").asText("no reason is known"));
      }
    }
    for (JsonNode model : status.path("models")) {
      if (model.path("held").isTextual()) {
        System.out.printf(
            "%s answers by version %s: %s%n",
            model.path("name").asText(),
            model.path("version").asText("-"),
            model.path("held").asText());
      }
      if (model.path("stale").isTextual()) {
        System.out.printf(
            "%s is stale: %s%n", model.path("name").asText(), model.path("stale").asText());
      }
    }
    return 0;
  }

  private static JsonNode served(JsonNode status, String model) {
    for (JsonNode one : status.path("models")) {
      if (one.path("name").asText().equals(model)) {
        return one;
      }
    }
    return JSON.createObjectNode();
  }

  private static String joined(JsonNode texts) {
    List<String> all = new ArrayList<>();
    texts.forEach(text -> all.add(text.asText()));
    return all.isEmpty() ? "-" : String.join(",", all);
  }

  /**
   * Of the newest minute of impressions whose labels are final, as the model answered or would have
   * answered; without late labels of all examples.
   */
  private static String figure(JsonNode served, String name) {
    JsonNode metrics = served.path("metrics");
    for (String newest : List.of("cohort.", "learner_cohort.")) {
      if (metrics.has(newest + name)) {
        return "%.4f".formatted(metrics.path(newest + name).asDouble());
      }
    }
    boolean late = metrics.has("learner.sample");
    JsonNode total = metrics.path("total." + name);
    return total.isNumber() && !late ? "%.4f".formatted(total.asDouble()) : "-";
  }

  /** How far a shadow's probabilities are from the live model's. */
  private static String difference(JsonNode served) {
    JsonNode mean = served.path("shadow").path("meanDifference");
    return mean.isNumber() ? "%.4f".formatted(mean.asDouble()) : "-";
  }

  private static String count(JsonNode served) {
    JsonNode learned = served.path("metrics").path("learned");
    return learned.isNumber() ? String.valueOf(learned.asLong()) : "-";
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "One model: settings, origin, who changed it.")
  int show(
      @Mixin ServerOption server,
      @Parameters(paramLabel = "MODEL", description = "Name or alias.") String model)
      throws InterruptedException {
    JsonNode deployments = server.client().json("/v1/deployments");
    String name = deployments.path("aliases").path(model).asText(model);
    for (JsonNode one : deployments.path("models")) {
      if (one.path("name").asText().equals(name)) {
        System.out.printf(
            "%s %s since %s, by %s%s%n",
            name,
            one.path("state").asText(),
            Instant.ofEpochMilli(one.path("changedTime").asLong()),
            one.path("changedBy").asText(),
            one.path("reason").isTextual() ? ": " + one.path("reason").asText() : "");
        System.out.printf(
            "added %s by %s, %s%n",
            Instant.ofEpochMilli(one.path("addedTime").asLong()),
            one.path("addedBy").asText(),
            one.path("from").isTextual()
                ? "as a " + one.path("origin").asText() + " of " + one.path("from").asText()
                : "anew");
        System.out.println(one.path("config").toPrettyString());
        return 0;
      }
    }
    throw new UserError(
        "model %s: there is none, expected one that 'millrace models list' shows".formatted(model));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Adds a model that learns the whole log of examples anew.")
  int add(
      @Mixin ChangeOptions change,
      @Option(names = "--model", required = true, description = "Its kind, for example lr.")
          String kind,
      @Option(
              names = "--set",
              paramLabel = "JSON",
              description = "Settings over the kind's defaults.")
          @Nullable String set,
      @Option(names = "--learning", description = "Not as a shadow.") boolean learning,
      @Parameters(paramLabel = "NAME", description = "Of the new model.") String name)
      throws InterruptedException {
    return change.send(MODELS, fresh(name, set, learning).put("kind", kind));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Adds a model that goes on from all that another has learned.")
  int clone(
      @Mixin ChangeOptions change,
      @Option(
              names = "--of",
              description = "Name or alias (default: ${DEFAULT-VALUE}).",
              defaultValue = "live")
          String source,
      @Option(
              names = "--set",
              paramLabel = "JSON",
              description = "Settings over those of the source.")
          @Nullable String set,
      @Option(names = "--learning", description = "Not as a shadow.") boolean learning,
      @Parameters(paramLabel = "NAME", description = "Of the new model.") String name)
      throws InterruptedException {
    return change.send(MODELS, fresh(name, set, learning).put("cloneOf", source));
  }

  private static ObjectNode fresh(String name, @Nullable String set, boolean learning) {
    ObjectNode body = JSON.createObjectNode().put("name", name);
    if (set != null) {
      body.set("set", settings(set));
    }
    return learning ? body.put("state", "learning") : body;
  }

  private static JsonNode settings(String json) {
    try {
      return JSON.readTree(json);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new UserError(
          "--set %s: not JSON, expected an object such as {\"rowOptimizer\":{\"learningRate\":0.2}}"
              .formatted(json));
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lets a model answer as it is, and learn nothing more.")
  int freeze(@Mixin ChangeOptions change, @Mixin ModelAndReason of) throws InterruptedException {
    return change.send(STATE, of.state("frozen"));
  }

  @Command(mixinStandardHelpOptions = true, description = "Lets a frozen model or a shadow learn.")
  int learn(@Mixin ChangeOptions change, @Mixin ModelAndReason of) throws InterruptedException {
    return change.send(STATE, of.state("learning"));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Ends a model: its job, topics, files and memory are freed for good.")
  int retire(@Mixin ChangeOptions change, @Mixin ModelAndReason of) throws InterruptedException {
    return change.send(STATE, of.state("retired"));
  }

  /** Which model, and why. */
  static final class ModelAndReason {
    @Option(names = "--reason", description = "Why, kept with the change.")
    private @Nullable String reason;

    @Parameters(paramLabel = "MODEL", description = "Name or alias.")
    private String model;

    private ObjectNode state(String state) {
      ObjectNode body = JSON.createObjectNode().put("model", model).put("state", state);
      return reason == null ? body : body.put("reason", reason);
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lets a model answer requests that name none, or those that name an alias.")
  int promote(
      @Mixin ChangeOptions change,
      @Option(names = "--alias", description = "Default: ${DEFAULT-VALUE}.", defaultValue = "live")
          String alias,
      @Parameters(paramLabel = "MODEL", description = "Name.") String model)
      throws InterruptedException {
    return change.send(ALIASES, JSON.createObjectNode().put("alias", alias).put("model", model));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Lets an alias mean again what it meant before it was promoted.")
  int rollback(
      @Mixin ChangeOptions change,
      @Option(names = "--alias", description = "Default: ${DEFAULT-VALUE}.", defaultValue = "live")
          String alias)
      throws InterruptedException {
    return change.send(ALIASES, JSON.createObjectNode().put("alias", alias).put("rollback", true));
  }
}
