package io.millrace.cli;

import io.millrace.replay.SourceSettings;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say what a file holds, shared by the commands that read one. */
public final class FeatureSource {
  @Sets("source.format")
  @Option(names = "--format", description = "movielens-stream, talkingdata, criteo, libsvm or csv.")
  private @Nullable String format;

  @Sets("source.schema")
  @Option(names = "--schema", description = "Annotated Avro schema (.avsc); required for csv.")
  private @Nullable String schema;

  @Sets("source.label")
  @Option(names = "--label", description = "Column that holds 0 or 1.")
  private @Nullable String label;

  /** What the options say, for a command that has no other settings. */
  public SourceSettings settings() {
    return new SourceSettings(
        Optional.ofNullable(format),
        Optional.ofNullable(schema).map(Path::of),
        Optional.ofNullable(label));
  }
}
