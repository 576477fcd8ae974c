package io.millrace.experiment;

import static io.millrace.journal.JournalFormat.number;
import static io.millrace.journal.JournalFormat.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.deployment.Made;
import io.millrace.experiment.ExperimentChange.Create;
import io.millrace.experiment.ExperimentChange.Ramp;
import io.millrace.experiment.ExperimentChange.Start;
import io.millrace.experiment.ExperimentChange.Stop;
import io.millrace.journal.JournalFormat;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A change in the journal: {@code "change":C} with
 *
 * <ul>
 *   <li>{@code create}: {@code "experiment"}, an object as of {@link Experiment#toJson}
 *   <li>{@code start} and {@code stop}: {@code "key"}, perhaps {@code "reason"}
 *   <li>{@code ramp}: {@code "key"}, perhaps {@code "traffic"}, {@code "weights"} by arm and {@code
 *       "reason"}
 * </ul>
 *
 * and, but for {@code create}, {@code "by":"name","at":milliseconds}.
 */
final class ExperimentChangeFormat implements JournalFormat<ExperimentChange> {
  private static final String CHANGE = "change";
  private static final String KEY = "key";
  private static final String REASON = "reason";

  @Override
  public void write(ExperimentChange change, ObjectNode to) {
    if (change instanceof Create create) {
      to.put(CHANGE, "create").set("experiment", ExperimentJson.write(create.experiment()));
    } else if (change instanceof Start start) {
      write("start", start.key(), start.reason(), start.made(), to);
    } else if (change instanceof Stop stop) {
      write("stop", stop.key(), stop.reason(), stop.made(), to);
    } else if (change instanceof Ramp ramp) {
      write("ramp", ramp.key(), ramp.reason(), ramp.made(), to);
      ramp.traffic().ifPresent(traffic -> to.put("traffic", traffic));
      ObjectNode weights = to.putObject("weights");
      ramp.weights().forEach(weights::put);
    }
  }

  private static void write(
      String change, String key, Optional<String> reason, Made made, ObjectNode to) {
    to.put(CHANGE, change).put(KEY, key);
    reason.ifPresent(words -> to.put(REASON, words));
    to.put("by", made.by()).put("at", made.at().toEpochMilli());
  }

  @Override
  public ExperimentChange read(JsonNode from) {
    String change = text(from, CHANGE);
    Optional<String> reason = Optional.ofNullable(from.path(REASON).textValue());
    return switch (change) {
      case "create" -> new Create(ExperimentJson.read(from.path("experiment")));
      case "start" -> new Start(text(from, KEY), reason, made(from));
      case "stop" -> new Stop(text(from, KEY), reason, made(from));
      case "ramp" -> new Ramp(text(from, KEY), traffic(from), weights(from), reason, made(from));
      default ->
          throw new IllegalArgumentException(
              "change: \"%s\", expected create, start, ramp or stop".formatted(change));
    };
  }

  private static Made made(JsonNode from) {
    return new Made(text(from, "by"), Instant.ofEpochMilli(number(from, "at").longValue()));
  }

  private static OptionalDouble traffic(JsonNode from) {
    return from.has("traffic")
        ? OptionalDouble.of(number(from, "traffic").doubleValue())
        : OptionalDouble.empty();
  }

  private static Map<String, Double> weights(JsonNode from) {
    Map<String, Double> weights = new LinkedHashMap<>();
    JsonNode json = from.path("weights");
    json.properties()
        .forEach(arm -> weights.put(arm.getKey(), number(json, arm.getKey()).doubleValue()));
    return weights;
  }
}
