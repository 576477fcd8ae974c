package io.millrace.trainer;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.learner.CompiledModel;
import io.millrace.learner.ModelConfig;
import io.millrace.trained.LabeledExamples;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What decides the weights of each epoch of a training: all but the number of epochs.
 *
 * @param model the {@link ModelConfig} as JSON
 * @param others by name: the training's settings, schema and data
 */
record TrainingIdentity(String model, Map<String, String> others) {

  static TrainingIdentity of(
      CompiledModel compiled,
      TrainerConfig config,
      LabeledExamples train,
      LabeledExamples valid,
      @Nullable PretrainedTable start) {
    Map<String, String> others = new LinkedHashMap<>();
    ObjectNode settings = new ObjectMapper().valueToTree(config);
    settings.remove("epochs");
    settings.properties().forEach(s -> others.put(s.getKey(), s.getValue().toString()));
    others.put("training data", train.fingerprint());
    others.put("validation data", valid.fingerprint());
    others.put("pre-trained table", start == null ? "none" : start.fingerprint());
    others.put("schema", compiled.schema().avro().toString());
    return new TrainingIdentity(compiled.config().toJson(), others);
  }

  /**
   * Requires a stored training to be this one.
   *
   * @throws IllegalArgumentException naming the first difference
   */
  void require(TrainingIdentity stored) {
    ModelConfig.fromJson(model)
        .differenceFrom(stored.model)
        .ifPresent(d -> refuse("model setting " + d.setting(), d.stored(), d.given()));
    others.forEach(
        (name, given) -> {
          String before = stored.others.getOrDefault(name, "nothing");
          if (!before.equals(given)) {
            refuse(name, before, given);
          }
        });
  }

  private static void refuse(String what, String stored, String given) {
    throw new IllegalArgumentException(
        "%s: %s in the checkpoint, now %s; expected the same".formatted(what, stored, given));
  }
}
