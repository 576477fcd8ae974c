package io.millrace.cli;

import io.millrace.feature.Feature;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.LiveVerdict;
import io.millrace.feature.SchemaRemarks;
import io.millrace.feature.SchemaVerdict;
import io.millrace.file.SchemaDraft;
import io.millrace.replay.SourceFile;
import io.millrace.schema.CompatibilityLevel;
import io.millrace.schema.InvalidSchemaException;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Works with schema files; every subcommand's exit status is made for scripts. */
@Command(
    name = "schema",
    mixinStandardHelpOptions = true,
    description = "Checks, compares and registers feature schemas; see docs/guides/schemas.md.",
    synopsisSubcommandLabel = "(init | validate | diff | check | register)",
    footer = {
      "",
      "Exit status: 0 if all is well, 1 if a schema is invalid or incompatible, 2 for wrong use."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the parameters
final class SchemaCommand {
  static final int REFUSED = 1;
  private static final String REGISTRY = "http://127.0.0.1:8081";

  @Command(
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Writes a feature schema for a table of examples, to be edited: what was found of each",
        "column stands in its 'doc'."
      })
  int init(
      @Mixin FeatureSource source,
      @Option(names = "--out", description = "File for the schema (default: standard output).")
          @Nullable Path out,
      @Parameters(paramLabel = "FILE", description = "The table.") Path file)
      throws IOException {
    SourceFile found = SourceFile.of(file, source.settings());
    found.describe().forEach(System.err::println);
    if (!found.drafted()) {
      throw new UserError(
          "%s has a schema, %s; without --schema and --format one is drafted"
              .formatted(file, found.schema().name()));
    }
    String schema = SchemaDraft.json(found.plan());
    if (out == null) {
      System.out.print(schema);
    } else {
      Files.writeString(out, schema, StandardOpenOption.CREATE_NEW);
      System.err.println("written to " + out);
    }
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Says whether a file is a valid feature schema, and what it encodes.")
  int validate(@Parameters(paramLabel = "FILE", description = "The schema.") Path file) {
    return judged(
        () -> {
          Schema schema = SchemaFile.read(file);
          if (!FeatureSchema.isFeatureSchema(schema)) {
            throw new InvalidSchemaException(
                "%s: no field has a 'feature' property, expected at least one".formatted(file));
          }
          FeatureSchema features = FeatureSchema.parse(schema);
          System.out.printf(
              "%s is valid: %d features, %d rows of dim %d%n",
              features.name(),
              features.encodedFields().size(),
              features.table().rows(),
              features.table().dim());
          features.encodedFields().forEach(SchemaCommand::print);
          SchemaRemarks.of(features).forEach(remark -> System.out.println("note: " + remark));
          return 0;
        });
  }

  private static void print(Feature feature) {
    String id = feature.id().equals(feature.name()) ? "" : " (id " + feature.id() + ")";
    System.out.printf(
        "  %s%s %s%n",
        feature.name(), id, feature.getClass().getSimpleName().toLowerCase(Locale.ROOT));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Says what a newer schema changes, feature by feature.")
  int diff(
      @Parameters(paramLabel = "OLD", description = "The older schema.") Path older,
      @Parameters(paramLabel = "NEW", description = "The newer one.") Path newer,
      @Option(names = "--level", description = "Avro's part (default: BACKWARD).")
          @Nullable CompatibilityLevel level) {
    return judged(() -> compare(SchemaFile.read(older), SchemaFile.read(newer), level));
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Says whether a schema may become the next version of its subject.")
  int check(
      @Parameters(paramLabel = "FILE", description = "The schema.") Path file,
      @Option(
              names = "--registry",
              description = "Asks this registry, by its level (default: " + REGISTRY + ").")
          @Nullable URI registry,
      @Option(names = "--against", description = "Asks nobody: compares with this older file.")
          @Nullable Path against,
      @Option(names = "--level", description = "With --against (default: BACKWARD).")
          @Nullable CompatibilityLevel level,
      @Option(names = "--subject", description = "With a registry (default: the record's name).")
          @Nullable String subject,
      @Option(
              names = "--server",
              description = "Also says what would become of the models that this server runs.")
          @Nullable URI server) {
    if (against != null && (registry != null || subject != null)) {
      throw new UserError("--against asks no registry, expected it without --registry, --subject");
    }
    if (against == null && level != null) {
      throw new UserError("--level is the registry's own, expected it with --against only");
    }
    return judged(
        () -> {
          Schema schema = SchemaFile.read(file);
          int status =
              against != null
                  ? compare(SchemaFile.read(against), schema, level)
                  : ask(client(registry), subject == null ? schema.getFullName() : subject, schema);
          return server == null ? status : Math.max(status, live(server, schema));
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Registers a schema as the next version of its subject.")
  int register(
      @Parameters(paramLabel = "FILE", description = "The schema.") Path file,
      @Option(names = "--registry", description = "Its address (default: " + REGISTRY + ").")
          @Nullable URI registry,
      @Option(names = "--subject", description = "Default: the record's name.")
          @Nullable String subject) {
    return judged(
        () -> {
          Schema schema = SchemaFile.read(file);
          String of = subject == null ? schema.getFullName() : subject;
          RegistryClient.Answer answer = client(registry).register(of, schema);
          String text = String.join(System.lineSeparator(), answer.messages());
          System.out.println(
              answer.accepted() ? "%s has the id %s".formatted(of, text) : "REFUSED  " + text);
          return VerdictText.exitStatus(answer.accepted());
        });
  }

  private static int compare(Schema older, Schema newer, @Nullable CompatibilityLevel level) {
    SchemaVerdict verdict =
        SchemaVerdict.of(older, newer, level == null ? CompatibilityLevel.BACKWARD : level);
    VerdictText.print(verdict, System.out);
    return VerdictText.exitStatus(verdict.compatible());
  }

  private static int ask(RegistryClient registry, String subject, Schema schema)
      throws InterruptedException {
    Optional<Schema> latest = registry.latest(subject);
    if (latest.isEmpty()) {
      System.out.printf("%s is new: there is nothing that it could break%n", subject);
    } else {
      SchemaVerdict features = SchemaVerdict.of(latest.get(), schema, CompatibilityLevel.NONE);
      VerdictText.print(features, System.out);
    }
    RegistryClient.Answer answer = registry.check(subject, schema);
    List<String> messages = answer.messages();
    messages.forEach(message -> System.out.println("registry: " + message));
    System.out.printf(
        "registry: %s may %sbecome the next version%n", subject, answer.accepted() ? "" : "not ");
    return VerdictText.exitStatus(answer.accepted());
  }

  /** Says what becomes of each running model of the schema's name. */
  private static int live(URI server, Schema schema) throws InterruptedException {
    List<LiveVerdict> verdicts =
        LiveVerdict.of(new ServerClient(server).models(), FeatureSchema.parse(schema));
    verdicts.forEach(System.out::println);
    if (verdicts.isEmpty()) {
      System.out.printf("no live model at %s uses %s%n", server, schema.getFullName());
    }
    return VerdictText.exitStatus(
        verdicts.stream().noneMatch(v -> v.outcome() == LiveVerdict.Outcome.BROKEN));
  }

  private static RegistryClient client(@Nullable URI registry) {
    return new RegistryClient(registry == null ? URI.create(REGISTRY) : registry);
  }

  private interface Judgement {
    int status() throws InvalidSchemaException, InterruptedException;
  }

  /** An invalid schema is an answer, not a failure. */
  private static int judged(Judgement judgement) {
    try {
      return judgement.status();
    } catch (InvalidSchemaException e) {
      System.out.println("INVALID  " + e.getMessage());
      return REFUSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return REFUSED;
    }
  }
}
