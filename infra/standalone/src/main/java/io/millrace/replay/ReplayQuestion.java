package io.millrace.replay;

import io.millrace.feature.FeatureChange;
import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.StreamModel;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a replay is asked: file, order, label, options, schema, model. A data directory answers one
 * question; another one is refused with the difference. A file that has grown is the same one, and
 * so is what follows from its rows, such as a drafted schema, where the user says as little of it
 * as before.
 */
final class ReplayQuestion {
  private static final int MOST_SHOWN = 200;
  private static final String SCHEMA = "schema";
  private static final String FOUND = "found";

  private final DataDirectory directory;
  private final Replay.Source source;
  private final StreamModel model;
  private final Map<String, String> foundAgain = new LinkedHashMap<>();

  ReplayQuestion(DataDirectory directory, Replay.Source source, StreamModel model) {
    this.directory = directory;
    this.source = source;
    this.model = model;
  }

  /**
   * Compares with what the directory was asked first; the first time, that is kept.
   *
   * @return by how many bytes the file has grown since
   * @throws UserError if the question is another one
   */
  long check() throws IOException {
    SourceFile file = source.file();
    checkSame("file", "replay.file", String.valueOf(file.file().getFileName()));
    long grown = FileContent.grownBy(directory, file.file());
    checkSame("order", "replay.order", source.orderBy().orElse("null"));
    checkFound("label", "replay.label", file.settings().labelWords(), file.labelWords(), grown > 0);
    checkSame("options of the file", "replay.options", file.settings().words());
    checkFound(
        SCHEMA,
        "replay.schema",
        file.drafted() ? FOUND : "given",
        source.firstSchema().avro().toString(),
        grown > 0);
    checkModel();
    checkSame(
        "trained model", "replay.from", model.start().map(Object::toString).orElse("nothing"));
    checkSame(
        "evolution",
        "replay.evolution",
        source.evolution() == null
            ? "none"
            : source.evolution().feature() + " at " + source.evolution().at());
    return grown;
  }

  /** Keeps what the file is now, after it has grown. */
  void keepGrown() throws IOException {
    foundAgain.forEach(directory::fix);
    FileContent.fix(directory, source.file().file());
  }

  private void checkSame(String what, String key, String value) {
    String present = directory.fixed(key, value);
    if (!present.equals(value)) {
      throw what.equals(SCHEMA)
          ? anotherSchema(present)
          : another(what, shortened(present), shortened(value));
    }
  }

  /**
   * Compares what the user says or the file tells.
   *
   * @param said what the user says of it
   */
  private void checkFound(String what, String key, String said, String value, boolean grown) {
    String before = directory.fixed(key + ".said", said);
    if (grown && before.equals(said)) {
      foundAgain.put(key, value);
    } else {
      checkSame(what, key, value);
    }
  }

  private UserError anotherSchema(String present) {
    List<FeatureChange> changes =
        FeatureCompatibility.compare(FeatureSchema.parse(present), source.firstSchema());
    return new UserError(
        "data directory %s holds a replay with another schema: %s; expected the same, or another --data-dir"
            .formatted(
                directory.root(),
                changes.isEmpty()
                    ? "it differs in what is no feature"
                    : changes.stream()
                        .map(change -> change.feature() + ": " + change.reason())
                        .collect(Collectors.joining("; "))));
  }

  /** Setting by setting, since a config that was stored before there was one meant its default. */
  private void checkModel() {
    ModelConfig config = model.config();
    Optional<ModelConfig.Difference> difference =
        config.differenceFrom(directory.fixed("replay.model", config.toJson()));
    if (difference.isPresent()) {
      ModelConfig.Difference setting = difference.get();
      throw another(
          "the model's " + setting.setting(),
          orNothing(setting.stored()),
          orNothing(setting.given()));
    }
  }

  private static String orNothing(String setting) {
    return setting.isEmpty() ? "nothing" : setting;
  }

  private static String shortened(String value) {
    return value.length() <= MOST_SHOWN
        ? value
        : value.substring(0, MOST_SHOWN) + "... (%d characters)".formatted(value.length());
  }

  private UserError another(String what, String present, String value) {
    return new UserError(
        "data directory %s holds a replay with %s %s, now %s; expected the same, or another --data-dir"
            .formatted(directory.root(), what, present, value));
  }
}
