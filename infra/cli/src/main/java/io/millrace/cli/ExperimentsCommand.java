package io.millrace.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.millrace.standalone.UserError;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The experiments of a running platform; each change is one request. */
@Command(
    name = "experiments",
    mixinStandardHelpOptions = true,
    description =
        "Lists the experiments of a running platform, and changes which there are and who is in them; see docs/guides/experiments.md.",
    synopsisSubcommandLabel = "(list | show | results | create | start | ramp | stop)")
@SuppressWarnings("NullAway.Init") // picocli sets the parameters
final class ExperimentsCommand {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String EXPERIMENTS = "/v1/experiments";
  private static final String STATE = "/v1/experiments/state";
  private static final String RAMP = "/v1/experiments/ramp";
  private static final MathContext SHOWN_DIGITS = new MathContext(4);

  @Command(
      mixinStandardHelpOptions = true,
      description = "All experiments, with their arms and shares.")
  int list(
      @Mixin ServerOption server,
      @Option(names = "--json", description = "The experiments as JSON.") boolean json)
      throws InterruptedException {
    JsonNode answer = server.client().json(EXPERIMENTS);
    if (json) {
      System.out.println(answer.toPrettyString());
      return 0;
    }
    TextTable table = new TextTable("experiment", "state", "unit", "traffic", "arms", "by");
    for (JsonNode experiment : answer.path("experiments")) {
      table.row(
          experiment.path("key").asText(),
          experiment.path("state").asText(),
          experiment.at("/unit/attribute").asText(),
          percent(experiment.path("traffic").asDouble()),
          shares(experiment),
          experiment.at("/changed/by").asText());
    }
    System.out.print(table);
    return 0;
  }

  private static String shares(JsonNode experiment) {
    double sum = 0;
    for (JsonNode arm : experiment.path("arms")) {
      sum += arm.path("weight").asDouble();
    }
    List<String> shares = new ArrayList<>();
    for (JsonNode arm : experiment.path("arms")) {
      shares.add(arm.path("name").asText() + " " + percent(arm.path("weight").asDouble() / sum));
    }
    return String.join(", ", shares);
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(100 * share).round(SHOWN_DIGITS).stripTrailingZeros().toPlainString()
        + " %";
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "One experiment: who changed it last, and all that it says.")
  int show(
      @Mixin ServerOption server,
      @Parameters(paramLabel = "KEY", description = "Of the experiment.") String key)
      throws InterruptedException {
    JsonNode experiment =
        server
            .client()
            .json(EXPERIMENTS + "?key=" + URLEncoder.encode(key, StandardCharsets.UTF_8))
            .at("/experiments/0");
    System.out.printf(
        "%s %s since %s, by %s%s%n",
        key,
        experiment.path("state").asText(),
        Instant.ofEpochMilli(experiment.at("/changed/at").asLong()),
        experiment.at("/changed/by").asText(),
        experiment.path("reason").isTextual() ? ": " + experiment.path("reason").asText() : "");
    System.out.println(experiment.toPrettyString());
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = {
        "What an experiment has shown: units, metrics and lifts with intervals that hold whenever",
        "they are looked at."
      })
  int results(
      @Mixin ServerOption server,
      @Parameters(paramLabel = "KEY", description = "Of the experiment.") String key,
      @Option(names = "--json", description = "The read-out as JSON.") boolean json)
      throws InterruptedException {
    JsonNode readout =
        server
            .client()
            .json(EXPERIMENTS + "/results?key=" + URLEncoder.encode(key, StandardCharsets.UTF_8));
    if (json) {
      System.out.println(readout.toPrettyString());
    } else {
      ResultsText.of(readout).forEach(System.out::println);
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Plans an experiment; nobody is in it before it is started.")
  int create(
      @Mixin ChangeOptions change,
      @Option(
              names = "--unit",
              required = true,
              paramLabel = "ATTRIBUTE",
              description = "The attribute, or feature, that names who is assigned.")
          String unit,
      @Option(
              names = "--unit-kind",
              paramLabel = "KIND",
              description = "user, session or request (default: ${DEFAULT-VALUE}).",
              defaultValue = "user")
          String kind,
      @Option(
              names = "--model",
              paramLabel = "[ARM=]MODEL",
              description =
                  "An arm that a model, or alias, answers; the arm has its name unless it is given one.")
          @Nullable List<String> models,
      @Option(names = "--value", paramLabel = "ARM=JSON", description = "An arm that gets a value.")
          @Nullable List<String> values,
      @Option(
              names = "--weight",
              paramLabel = "ARM=NUMBER",
              description = "Of an arm, relative to the others (default: 1).")
          @Nullable List<String> weights,
      @Option(
              names = "--traffic",
              paramLabel = "SHARE",
              description = "Of the units that are in, 0 to 1 (default: 1).")
          @Nullable Double traffic,
      @Option(
              names = "--set",
              paramLabel = "JSON",
              description =
                  "What else it says, such as {\"layer\":{\"name\":\"home\",\"from\":0,\"to\":0.5}}.")
          @Nullable String set,
      @Parameters(paramLabel = "KEY", description = "Of the new experiment.") String key)
      throws InterruptedException {
    ObjectNode draft = JSON.createObjectNode().put("key", key);
    draft.putObject("unit").put("kind", kind).put("attribute", unit);
    if (traffic != null) {
      draft.put("traffic", traffic);
    }
    Map<String, Double> left = weights(weights);
    ArrayNode arms = draft.putArray("arms");
    for (String given : models == null ? List.<String>of() : models) {
      int sign = given.indexOf('=');
      String arm = sign < 0 ? given : given.substring(0, sign);
      addArm(arms, arm, left).put("model", given.substring(sign + 1));
    }
    byArm("--value", values)
        .forEach((arm, value) -> addArm(arms, arm, left).set("value", value("--value", value)));
    if (!left.isEmpty()) {
      throw new UserError(
          "--weight %s: no such arm, expected one that --model or --value names"
              .formatted(left.keySet().iterator().next()));
    }
    if (set != null) {
      addAll(draft, value("--set", set));
    }
    return change.send(EXPERIMENTS, draft);
  }

  /** What an option says of each arm, in their order; an arm has one word of it. */
  private static Map<String, String> byArm(String option, @Nullable List<String> given) {
    Map<String, String> byArm = new LinkedHashMap<>();
    for (String each : given == null ? List.<String>of() : given) {
      int sign = each.indexOf('=');
      if (sign < 1) {
        throw new UserError("%s %s: expected ARM=…".formatted(option, each));
      }
      String before = byArm.put(each.substring(0, sign), each.substring(sign + 1));
      if (before != null) {
        throw new UserError(
            "%s %s: arm %s has %s already, expected one of an arm"
                .formatted(option, each, each.substring(0, sign), before));
      }
    }
    return byArm;
  }

  private static Map<String, Double> weights(@Nullable List<String> given) {
    Map<String, Double> weights = new LinkedHashMap<>();
    byArm("--weight", given)
        .forEach(
            (arm, text) -> {
              try {
                weights.put(arm, Double.valueOf(text));
              } catch (NumberFormatException e) {
                throw new UserError("--weight %s=%s: expected a number".formatted(arm, text));
              }
            });
    return weights;
  }

  private static ObjectNode addArm(ArrayNode arms, String name, Map<String, Double> weights) {
    Double weight = weights.remove(name);
    return arms.addObject().put("name", name).put("weight", weight == null ? 1 : weight);
  }

  private static void addAll(ObjectNode draft, JsonNode set) {
    if (!set.isObject()) {
      throw new UserError("--set %s: no object, expected one".formatted(set));
    }
    for (Map.Entry<String, JsonNode> entry : set.properties()) {
      if (draft.has(entry.getKey())) {
        throw new UserError(
            "--set: %s is said by an option too, expected it once".formatted(entry.getKey()));
      }
      draft.set(entry.getKey(), entry.getValue());
    }
  }

  /** JSON, or the text itself where it is none and is no attempt at it. */
  private static JsonNode value(String option, String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      if (option.equals("--value") && text.matches("[^\\[{\"].*")) {
        return TextNode.valueOf(text);
      }
      throw new UserError("%s %s: not JSON, expected some".formatted(option, text));
    }
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Starts a draft: it assigns units from now on.")
  int start(@Mixin ChangeOptions change, @Mixin KeyAndReason of) throws InterruptedException {
    return change.send(STATE, of.body().put("state", "running"));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Changes how many units are in, or their shares among the arms.")
  int ramp(
      @Mixin ChangeOptions change,
      @Mixin KeyAndReason of,
      @Option(
              names = "--traffic",
              paramLabel = "SHARE",
              description = "Of the units that are in, 0 to 1.")
          @Nullable Double traffic,
      @Option(
              names = "--weight",
              paramLabel = "ARM=NUMBER",
              description = "Of an arm, relative to the others; other weights move units.")
          @Nullable List<String> weights)
      throws InterruptedException {
    ObjectNode body = of.body();
    if (traffic != null) {
      body.put("traffic", traffic);
    }
    if (weights != null) {
      ObjectNode given = body.putObject("weights");
      weights(weights).forEach(given::put);
    }
    return change.send(RAMP, body);
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Ends an experiment for good, or gives up a draft.")
  int stop(@Mixin ChangeOptions change, @Mixin KeyAndReason of) throws InterruptedException {
    return change.send(STATE, of.body().put("state", "stopped"));
  }

  /** Which experiment, and why. */
  static final class KeyAndReason {
    @Option(names = "--reason", description = "Why, kept with the change.")
    private @Nullable String reason;

    @Parameters(paramLabel = "KEY", description = "Of the experiment.")
    private String key;

    private ObjectNode body() {
      ObjectNode body = JSON.createObjectNode().put("key", key);
      return reason == null ? body : body.put("reason", reason);
    }
  }
}
