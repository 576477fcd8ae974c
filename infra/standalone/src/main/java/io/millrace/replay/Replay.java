package io.millrace.replay;

import io.millrace.feature.FeatureChange;
import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.LiveVerdict;
import io.millrace.file.Format;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.learner.ModelConfig;
import io.millrace.metrics.ExampleCounts;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.Metrics;
import io.millrace.metrics.ProgressiveFigures;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.schema.SchemaRegistry;
import io.millrace.serving.ExtraStatus;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.LogConfig;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.UserError;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * One replay: a platform on a data directory, a file written to it as fast as it is learned from,
 * and a report. A replay that was killed goes on where its topics end.
 */
public final class Replay {
  /** Rows written ahead of what has been learned and served. */
  private static final long ROWS_AHEAD = 40_000;

  private static final Duration STALL = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final long POLL_MILLIS = 20;
  private static final long SHOW_ROWS = 1_000;

  private final DataDirectory directory;
  private final Source source;
  private final StreamModel model;
  private final PrintStream out;

  /**
   * What is replayed.
   *
   * @param label the label column
   * @param orderBy the column to sort by, or null for file order
   * @param evolution of the schema on the way, or null if it stays
   */
  public record Source(
      Path file,
      Format format,
      FeatureSchema schema,
      String label,
      @Nullable String orderBy,
      @Nullable Evolution evolution) {

    /** The version of the first event. */
    FeatureSchema firstSchema() {
      return evolution == null ? schema : evolution.before();
    }

    RowReader open() throws IOException {
      return format.open(file, schema, label, orderBy);
    }

    long countRows() throws IOException {
      try (RowReader rows = format.open(file, schema, label, null)) {
        long count = 0;
        while (rows.next() != null) {
          count++;
        }
        return count;
      }
    }
  }

  /** A replay that reports its progress to {@code out}. */
  public Replay(DataDirectory directory, Source source, StreamModel model, PrintStream out) {
    this.directory = directory;
    this.source = source;
    this.model = model;
    this.out = out;
  }

  /** Runs to the end of the file. */
  public ReplayReport run() throws IOException, InterruptedException {
    checkSame("replay.file", String.valueOf(source.file().getFileName()));
    checkSame("replay.order", String.valueOf(source.orderBy()));
    checkSameModel();
    checkSame("replay.from", model.start().map(Path::toString).orElse("nothing"));
    checkSame(
        "replay.evolution",
        source.evolution() == null
            ? "none"
            : source.evolution().feature() + " at " + source.evolution().at());
    long rows = source.countRows();
    if (rows == 0) {
      throw new UserError("%s has no rows, expected at least one".formatted(source.file()));
    }
    PlatformConfig config =
        new PlatformConfig(
            0,
            List.of(source.firstSchema()),
            List.of(model.config()),
            model.starts(),
            LabelEmission.ON_WINDOW_END,
            List.of(
                new OutcomeRule(
                    model.config().outcome(),
                    Duration.ofMillis(Position.WINDOW_MILLIS),
                    Duration.ofMillis(Position.WINDOW_MILLIS))),
            Duration.ofSeconds(5),
            Duration.ofMillis(200),
            Math.max(1, rows / 2),
            Duration.ZERO,
            ExtraStatus.NONE,
            LogConfig.EMBEDDED);
    try (Platform platform = Platform.start(directory, config)) {
      return replay(platform, rows);
    }
  }

  private void checkSame(String key, String value) {
    String present = directory.fixed(key, value);
    if (!present.equals(value)) {
      throw another(key, present, value);
    }
  }

  /** Setting by setting, since a config that was stored before there was one meant its default. */
  private void checkSameModel() {
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

  private UserError another(String what, String present, String value) {
    return new UserError(
        "data directory %s holds a replay with %s %s, now %s; expected the same, or another"
                .formatted(directory.root(), what, present, value)
            + " --data-dir");
  }

  private ReplayReport replay(Platform platform, long rows)
      throws IOException, InterruptedException {
    Progress progress = new Progress(platform);
    progress.awaitFigures();
    long before = progress.learned();
    long started = System.nanoTime();
    long events;
    long unusable;
    try (ReplayWriter writer =
            new ReplayWriter(
                platform.client(),
                platform.topics(),
                platform.registry(),
                source.firstSchema(),
                source.file(),
                model.config().outcome(),
                Clock.systemUTC());
        RowReader reader = source.open();
        ProgressBar bar = progressBar(rows)) {
      for (Row row = reader.next(); row != null; row = reader.next()) {
        while (!writer.complete()
            && writer.rows() - writer.unusable() - progress.rowsDone() > ROWS_AHEAD) {
          progress.await(bar);
        }
        Evolution evolution = source.evolution();
        if (evolution != null && writer.rows() == evolution.row(rows)) {
          while (platform.liveModels().isEmpty()) {
            progress.await(bar);
          }
          evolve(platform, evolution);
          writer.useSchema(evolution.after());
        }
        writer.write(row);
        if (writer.rows() % SHOW_ROWS == 0) {
          progress.show(bar);
        }
      }
      writer.end();
      events = writer.events();
      unusable = writer.unusable();
      while (progress.rowsDone() + unusable < rows || !progress.ended()) {
        progress.await(bar);
      }
      bar.stepTo(rows);
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return report(platform, progress, before, events, unusable, seconds);
  }

  /** Registers the newer version while events flow. */
  private void evolve(Platform platform, Evolution evolution) {
    for (FeatureChange change :
        FeatureCompatibility.compare(evolution.before(), evolution.after())) {
      out.println(change);
    }
    LiveVerdict.of(platform.liveModels(), evolution.after()).forEach(out::println);
    SchemaRegistry.RegisteredSchema registered =
        platform.registry().register(evolution.after().name(), evolution.after().avro());
    out.printf(
        "%s version %d has the id %d%n",
        registered.subject(), registered.version(), registered.id());
  }

  private ProgressBar progressBar(long rows) {
    return new ProgressBarBuilder()
        .setTaskName("replay " + model.config().name())
        .setInitialMax(rows)
        .setUpdateIntervalMillis(500)
        .setStyle(ProgressBarStyle.ASCII)
        .showSpeed()
        .setConsumer(new ConsoleProgressBarConsumer(System.err, 110))
        .build();
  }

  private ReplayReport report(
      Platform platform,
      Progress progress,
      long before,
      long events,
      long unusable,
      double seconds) {
    ProgressiveFigures figures =
        progress.figures().map(LearnerFigures::progressive).orElse(ProgressiveFigures.NONE);
    Metrics whole = figures.total();
    Freshness.Summary freshness = platform.freshness(model.config().name());
    ReplayReport report =
        new ReplayReport(
            String.valueOf(source.file().getFileName()),
            source.format().id(),
            model.config().name(),
            whole,
            Objects.requireNonNullElse(figures.segment(1), Metrics.NONE),
            (whole.examples() - before) / seconds,
            events / seconds,
            seconds,
            freshness.p50Millis(),
            freshness.p99Millis(),
            unusable + progress.rejectedImpressions(),
            progress.version(),
            ProcessMemory.peakBytes());
    out.print(report.table());
    return report;
  }

  /** How far the served model has come, with a limit on standing still. */
  private final class Progress {
    private final Platform platform;
    private long lastVersion = -1;
    private long lastChange = System.nanoTime();

    /** After how long without progress to look for a failed job next, in nanoseconds. */
    private long looked;

    private @Nullable LearnerFigures known;

    Progress(Platform platform) {
      this.platform = platform;
    }

    private Optional<ModelSnapshot> snapshot() {
      return platform.snapshot(model.config().name());
    }

    long version() {
      return snapshot().map(ModelSnapshot::version).orElse(0L);
    }

    /** What the learner said last of a version that is served by now. */
    Optional<LearnerFigures> figures() {
      LearnerFigures newest = platform.figures(model.config().name()).orElse(null);
      if (newest != null && newest.version() <= version()) {
        known = newest;
      }
      return Optional.ofNullable(known);
    }

    /** Waits until it is known what an earlier run had learned, if there was one. */
    void awaitFigures() throws InterruptedException, IOException {
      while (snapshot().isPresent() && figures().isEmpty()) {
        Thread.sleep(POLL_MILLIS);
        checkStandstill();
      }
    }

    private ExampleCounts counts() {
      return figures().map(LearnerFigures::counts).orElse(ExampleCounts.NONE);
    }

    long learned() {
      return counts().learned();
    }

    /** Impressions that the ingestion job or the learner refused. */
    long rejectedImpressions() {
      return counts().rejected() + platform.rejectedImpressions();
    }

    /** Rows that have come to their end: learned, or refused by the learner or before. */
    long rowsDone() {
      return learned() + rejectedImpressions();
    }

    /** Whether the last evaluation segment is closed, as the end of the stream does. */
    boolean ended() {
      return figures().map(figures -> figures.progressive().current() == null).orElse(true);
    }

    /** Shows how far it has come; false if that is no further than the last time. */
    boolean show(ProgressBar bar) {
      long version = version();
      if (version == lastVersion) {
        return false;
      }
      lastVersion = version;
      lastChange = System.nanoTime();
      looked = 0;
      bar.stepTo(Math.min(bar.getMax(), rowsDone()));
      Metrics total = figures().map(figures -> figures.progressive().total()).orElse(Metrics.NONE);
      bar.setExtraMessage("AUC %.4f logloss %.4f".formatted(total.auc(), total.logloss()));
      return true;
    }

    void await(ProgressBar bar) throws InterruptedException, IOException {
      Thread.sleep(POLL_MILLIS);
      if (!show(bar)) {
        checkStandstill();
      }
    }

    private void checkStandstill() throws IOException {
      long still = System.nanoTime() - lastChange;
      if (still > LOOK.toNanos() && still > looked) {
        looked = still + LOOK.toNanos();
        Optional<String> failed = platform.failure();
        if (failed.isPresent()) {
          throw new UserError(failed.get());
        }
      }
      if (still > STALL.toNanos()) {
        throw new IOException(
            "no progress for %s at version %d, although all jobs run".formatted(STALL, version()));
      }
    }
  }
}
