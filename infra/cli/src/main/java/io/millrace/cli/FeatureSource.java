package io.millrace.cli;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.file.Format;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a file holds, shared by the commands that read one. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
public final class FeatureSource {
  @Option(
      names = "--format",
      required = true,
      description = "movielens-stream, talkingdata, criteo, libsvm or csv.")
  private String format;

  @Option(names = "--schema", description = "Annotated Avro schema (.avsc); required for csv.")
  private @Nullable Path schema;

  @Option(names = "--label", description = "Column that holds 0 or 1.")
  private @Nullable String label;

  /** The file's format. */
  public Format format() {
    return Arrays.stream(Format.values())
        .filter(f -> f.commandName().equals(format))
        .findFirst()
        .orElseThrow(
            () ->
                new UserError(
                    "--format '%s', expected one of %s"
                        .formatted(
                            format,
                            Arrays.stream(Format.values()).map(Format::commandName).toList())));
  }

  /** The schema that was given, or that of the format. */
  public FeatureSchema schema() {
    Format kind = format();
    if (schema != null) {
      return readSchema(schema);
    }
    if (kind == Format.CSV) {
      throw new UserError("--format csv has no schema of its own, expected --schema FILE");
    }
    return BuiltInSchemas.load(kind.id());
  }

  /** The column of the label. */
  public String label(FeatureSchema features) {
    return label != null ? label : features.labelField().orElse(format().defaultLabel());
  }

  /** Reads an annotated schema; what is wrong with it becomes a {@link UserError}. */
  static FeatureSchema readSchema(Path file) {
    try {
      return FeatureSchema.parse(new Schema.Parser().parse(Files.readString(file)));
    } catch (IOException e) {
      throw new UserError("cannot read schema %s: %s".formatted(file, e));
    } catch (IllegalArgumentException | AvroRuntimeException e) {
      throw new UserError("schema %s: %s".formatted(file, e.getMessage()));
    }
  }
}
