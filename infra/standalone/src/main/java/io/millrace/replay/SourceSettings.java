package io.millrace.replay;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.file.Format;
import io.millrace.settings.Required;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/**
 * What a user says of what a file holds.
 *
 * @param format {@code movielens-stream}, {@code talkingdata}, {@code criteo}, {@code libsvm} or
 *     {@code csv}
 * @param schema annotated Avro schema (.avsc); without it that of the format, but for csv
 * @param label column that holds 0 or 1; without it that of the schema or the format
 */
public record SourceSettings(
    Optional<String> format, Optional<Path> schema, Optional<String> label) {

  /** Nothing said. */
  public static final SourceSettings NONE =
      new SourceSettings(Optional.empty(), Optional.empty(), Optional.empty());

  /** The file's format. */
  public Format fileFormat() {
    String name = Required.given(format, "source.format", "--format");
    return Arrays.stream(Format.values())
        .filter(f -> f.commandName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserError(
                    "--format '%s', expected one of %s"
                        .formatted(
                            name,
                            Arrays.stream(Format.values()).map(Format::commandName).toList())));
  }

  /** The schema that was given, or that of the format. */
  public FeatureSchema featureSchema() {
    Format kind = fileFormat();
    if (schema.isPresent()) {
      return readSchema(schema.get());
    }
    if (kind == Format.CSV) {
      throw new UserError("--format csv has no schema of its own, expected --schema FILE");
    }
    return BuiltInSchemas.load(kind.id());
  }

  /** The column of the label. */
  public String labelOf(FeatureSchema features) {
    return label.orElseGet(() -> features.labelField().orElse(fileFormat().defaultLabel()));
  }

  /** Reads an annotated schema; what is wrong with it becomes a {@link UserError}. */
  public static FeatureSchema readSchema(Path file) {
    try {
      return FeatureSchema.parse(new Schema.Parser().parse(Files.readString(file)));
    } catch (IOException e) {
      throw new UserError("cannot read schema %s: %s".formatted(file, e));
    } catch (IllegalArgumentException | AvroRuntimeException e) {
      throw new UserError("schema %s: %s".formatted(file, e.getMessage()));
    }
  }
}
