package io.millrace.deployment;

import static io.millrace.journal.JournalFormat.number;
import static io.millrace.journal.JournalFormat.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.deployment.DeploymentChange.Add;
import io.millrace.deployment.DeploymentChange.Point;
import io.millrace.deployment.DeploymentChange.SetState;
import io.millrace.journal.JournalFormat;
import io.millrace.learner.ModelConfig;
import java.time.Instant;
import java.util.Optional;

/**
 * A change in the journal: {@code "change":C,"by":"name","at":milliseconds} with
 *
 * <ul>
 *   <li>{@code add}: {@code "config"}, an object as of {@link ModelConfig}; {@code "state"}; {@code
 *       "trained"}, a folder, or {@code "cloneOf"}, a model, or neither
 *   <li>{@code state}: {@code "model","state"} and perhaps {@code "reason"}
 *   <li>{@code alias}: {@code "alias","model"}
 * </ul>
 */
final class DeploymentChangeFormat implements JournalFormat<DeploymentChange> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public void write(DeploymentChange change, ObjectNode to) {
    if (change instanceof Add add) {
      to.put("change", "add").set("config", tree(add.config().toJson()));
      to.put("state", add.state().word());
      if (add.origin() instanceof Origin.Trained trained) {
        to.put("trained", trained.path());
      } else if (add.origin() instanceof Origin.CloneOf clone) {
        to.put("cloneOf", clone.source());
      }
    } else if (change instanceof SetState set) {
      to.put("change", "state").put("model", set.model()).put("state", set.state().word());
      set.reason().ifPresent(reason -> to.put("reason", reason));
    } else if (change instanceof Point point) {
      to.put("change", "alias").put("alias", point.alias()).put("model", point.model());
    }
    to.put("by", change.made().by()).put("at", change.made().at().toEpochMilli());
  }

  private static JsonNode tree(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
  }

  @Override
  public DeploymentChange read(JsonNode from) {
    String change = text(from, "change");
    Made made = new Made(text(from, "by"), Instant.ofEpochMilli(number(from, "at").longValue()));
    return switch (change) {
      case "add" ->
          new Add(
              ModelConfig.fromJson(from.path("config").toString()),
              origin(from),
              DeploymentState.of(text(from, "state")),
              made);
      case "state" ->
          new SetState(
              text(from, "model"),
              DeploymentState.of(text(from, "state")),
              Optional.ofNullable(from.path("reason").textValue()),
              made);
      case "alias" -> new Point(text(from, "alias"), text(from, "model"), made);
      default ->
          throw new IllegalArgumentException(
              "change: \"%s\", expected add, state or alias".formatted(change));
    };
  }

  private static Origin origin(JsonNode from) {
    if (from.has("trained")) {
      return new Origin.Trained(text(from, "trained"));
    }
    return from.has("cloneOf") ? new Origin.CloneOf(text(from, "cloneOf")) : new Origin.Anew();
  }
}
