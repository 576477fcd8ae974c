package io.millrace.cli;

import io.millrace.feature.BuiltInSchemas;
import io.millrace.feature.FeatureSchema;
import io.millrace.learner.ModelConfig;
import io.millrace.learner.ModelKind;
import io.millrace.replay.Format;
import io.millrace.replay.Replay;
import io.millrace.replay.ReplayReport;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Streams a file through the platform, as fast as it is learned from.",
      "Each example is predicted before it is learned: the metrics are progressive.",
      "A replay that was stopped goes on where it was with the same --data-dir."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ReplayCommand implements Callable<Integer> {
  @Option(
      names = "--format",
      required = true,
      description = "movielens-stream, talkingdata, criteo, libsvm or csv.")
  private String format;

  @Option(names = "--schema", description = "Annotated Avro schema (.avsc); required for csv.")
  private @Nullable Path schema;

  @Option(names = "--model", description = "lr, fm or autoint (default: ${DEFAULT-VALUE}).")
  private String model = "fm";

  @Option(
      names = "--set",
      description = "Model settings as a JSON object, for example '{\"dim\":8}'.")
  private @Nullable String settings;

  @Option(names = "--label", description = "Column that holds 0 or 1.")
  private @Nullable String label;

  @Option(names = "--order-by", description = "Column to sort the file by first, in memory.")
  private @Nullable String orderBy;

  @Option(
      names = "--data-dir",
      description = "Where everything is kept (default: ${DEFAULT-VALUE}).")
  private Path dataDir = Path.of("millrace-data", "replay");

  @Option(names = "--report", description = "Writes the figures to this file as JSON.")
  private @Nullable Path report;

  @Parameters(
      paramLabel = "FILE",
      description = "The file; .xz, .gz and .zst are read as they are.")
  private Path file;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Format kind = format();
    try (DataDirectory directory = DataDirectory.open(dataDir)) {
      ProcessHome.enter(directory);
      FeatureSchema features = features(kind);
      ModelConfig config = config(features);
      String labelColumn =
          label != null ? label : features.labelField().orElse(kind.defaultLabel());
      ReplayReport result =
          new Replay(
                  directory,
                  new Replay.Source(file, kind, features, labelColumn, orderBy),
                  config,
                  System.out)
              .run();
      if (report != null) {
        result.write(report);
      }
    }
    return 0;
  }

  private Format format() {
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

  private FeatureSchema features(Format kind) {
    try {
      if (schema != null) {
        return FeatureSchema.parse(new Schema.Parser().parse(Files.readString(schema)));
      }
      if (kind == Format.CSV) {
        throw new UserError("--format csv has no schema of its own, expected --schema FILE");
      }
      return BuiltInSchemas.load(kind.id());
    } catch (IOException e) {
      throw new UserError("cannot read schema %s: %s".formatted(schema, e));
    } catch (IllegalArgumentException | org.apache.avro.AvroRuntimeException e) {
      throw new UserError("schema %s: %s".formatted(schema, e.getMessage()));
    }
  }

  private ModelConfig config(FeatureSchema features) {
    try {
      ModelKind kind = ModelKind.valueOf(model.toUpperCase(Locale.ROOT));
      ModelConfig config = ModelConfig.defaults(kind, model, features);
      return settings == null ? config : config.with(settings);
    } catch (IllegalArgumentException e) {
      throw new UserError("--model '%s': %s".formatted(model, e.getMessage()));
    }
  }
}
