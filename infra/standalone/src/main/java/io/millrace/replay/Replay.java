package io.millrace.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.feature.FeatureChange;
import io.millrace.feature.FeatureCompatibility;
import io.millrace.feature.FeatureSchema;
import io.millrace.feature.InvalidFeatureException;
import io.millrace.feature.LiveVerdict;
import io.millrace.file.Rejections;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.file.SchemaFit;
import io.millrace.guard.GuardPolicy;
import io.millrace.ingestion.LabelEmission;
import io.millrace.ingestion.OutcomeRule;
import io.millrace.learner.Compute;
import io.millrace.metrics.ExampleCounts;
import io.millrace.metrics.LearnerFigures;
import io.millrace.metrics.Metrics;
import io.millrace.metrics.ProgressiveFigures;
import io.millrace.parameters.Freshness;
import io.millrace.parameters.ModelSnapshot;
import io.millrace.schema.SchemaRegistry;
import io.millrace.serving.http.ExtraStatus;
import io.millrace.standalone.DataDirectory;
import io.millrace.standalone.Platform;
import io.millrace.standalone.PlatformConfig;
import io.millrace.standalone.PlatformSettings;
import io.millrace.standalone.RejectedEvents;
import io.millrace.standalone.StreamModel;
import io.millrace.standalone.UserError;
import io.millrace.wire.RejectedReason;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * One replay: a platform on a data directory, a file written to it as fast as it is learned from,
 * and a report. A replay that was killed goes on where its topics end; a file that has grown is
 * replayed anew, since more rows may change the order, the types and the halves of all.
 */
public final class Replay {
  /** Rows written ahead of what has been learned and served. */
  private static final long ROWS_AHEAD = 40_000;

  private static final Duration STALL = Duration.ofMinutes(3);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final long POLL_MILLIS = 20;
  private static final long SHOW_ROWS = 1_000;
  private static final String REPORT = "report.txt";

  private final DataDirectory directory;
  private final Source source;
  private final StreamModel model;
  private final Compute compute;
  private final PrintStream out;

  /**
   * What is replayed.
   *
   * @param orderBy the column to sort by; without it by the event time, if the file has one
   * @param evolution of the schema on the way, or null if it stays
   */
  public record Source(SourceFile file, Optional<String> orderBy, @Nullable Evolution evolution) {

    /**
     * @throws UserError if rows that have an event time are to be sorted by something else
     */
    public Source {
      if (orderBy.isPresent() && file.ownTime() && !orderBy.get().equals(file.timeColumn())) {
        throw new UserError(
            "--order-by '%s': rows are streamed in the order of their event time '%s'; --time none"
                    .formatted(orderBy.get(), file.timeColumn())
                + " replays them without it");
      }
    }

    /** The version of the first event. */
    SchemaFit firstFit() {
      return evolution == null ? file.fit() : file.fit(evolution.before());
    }

    FeatureSchema firstSchema() {
      return evolution == null ? file.schema() : evolution.before();
    }

    RowReader open(Path scratch) throws IOException {
      return file.open(orderBy, scratch);
    }

    Size size() throws IOException {
      CheckedRecords records = new CheckedRecords(firstFit());
      long all = 0;
      long usable = 0;
      try (RowReader rows = file.plan().open()) {
        for (Row row = rows.next(); row != null; row = rows.next()) {
          all++;
          if (row.rejection() == null && isUsable(records, row)) {
            usable++;
          }
        }
      }
      return new Size(all, usable);
    }

    private static boolean isUsable(CheckedRecords records, Row row) {
      try {
        records.of(row, "", 0);
        return true;
      } catch (InvalidFeatureException e) {
        return false;
      }
    }
  }

  /**
   * How long a file is.
   *
   * @param rows of it
   * @param usable those that become an impression
   */
  record Size(long rows, long usable) {}

  /** A replay that reports its progress to {@code out}. */
  public Replay(
      DataDirectory directory, Source source, StreamModel model, Compute compute, PrintStream out) {
    this.directory = directory;
    this.source = source;
    this.model = model;
    this.compute = compute;
    this.out = out;
  }

  /**
   * What came of the rows of a file.
   *
   * @param rejected of them, by the reader or by a job
   * @param report the figures as JSON
   * @param figures what this run found; empty if it came to its end before
   */
  public record Result(long rows, long rejected, Path report, Optional<ReplayReport> figures) {
    /** The share of rows that nothing was learned from, 0 to 1. */
    public double rejectedShare() {
      return rows == 0 ? 0 : (double) rejected / rows;
    }
  }

  /** Runs to the end of the file; one that has come there before shows its report. */
  public Result run() throws IOException, InterruptedException {
    SourceFile file = source.file();
    ReplayQuestion question = new ReplayQuestion(directory, source, model);
    long grown = question.check();
    Path text = directory.root().resolve(REPORT);
    if (grown > 0) {
      out.printf(
          Locale.ROOT,
          "%s has grown by %,d bytes: all of it is replayed anew in %s%n",
          file.file().getFileName(),
          grown,
          directory.root());
      Files.deleteIfExists(text);
      directory.empty();
      question.keepGrown();
    }
    if (Files.exists(text)) {
      out.printf(
          "this replay came to its end before, in %s; another --data-dir begins anew%n",
          directory.root());
      out.print(Files.readString(text));
      JsonNode report = new ObjectMapper().readTree(directory.report().toFile());
      return new Result(
          report.path("rows").asLong(),
          report.path("rejected").asLong(),
          directory.report(),
          Optional.empty());
    }
    file.describe(source.orderBy()).forEach(out::println);
    Size size = source.size();
    if (size.rows() == 0) {
      throw new UserError("%s has no rows, expected at least one".formatted(file.file()));
    }
    PlatformSettings local = PlatformSettings.local(0);
    PlatformSettings settings =
        local
            .withCompute(compute)
            .withServer(local.server().withWarmUp(Duration.ZERO))
            .withJobs(
                local
                    .jobs()
                    .withSegmentExamples(Math.max(1, size.usable() / 2))
                    .withGuard(GuardPolicy.OFF));
    PlatformConfig config =
        new PlatformConfig(
            settings,
            List.of(source.firstSchema()),
            List.of(model),
            LabelEmission.ON_WINDOW_END,
            List.of(
                new OutcomeRule(
                    model.config().outcome(),
                    Duration.ofMillis(Position.WINDOW_MILLIS),
                    Duration.ofMillis(Position.WINDOW_MILLIS))),
            ExtraStatus.NONE);
    try (Platform platform = Platform.start(directory, config)) {
      ReplayReport report = replay(platform, size.rows());
      report.write(directory.report());
      Files.writeString(directory.root().resolve(REPORT), report.table());
      return new Result(size.rows(), report.rejected(), directory.report(), Optional.of(report));
    }
  }

  private ReplayReport replay(Platform platform, long rows)
      throws IOException, InterruptedException {
    Progress progress = new Progress(platform);
    progress.awaitFigures();
    long before = progress.learned();
    long started = System.nanoTime();
    long events;
    Rejections rejections;
    try (ReplayWriter writer =
            new ReplayWriter(
                platform.client(),
                platform.topics(),
                platform.registry(),
                source.firstFit(),
                source.file().file(),
                model.config().outcome(),
                Clock.systemUTC());
        RowReader reader = source.open(directory.tmp());
        ProgressBar bar = progressBar(rows)) {
      for (Row row = reader.next(); row != null; row = reader.next()) {
        while (!writer.complete()
            && writer.rows() - writer.rejections().total() - progress.rowsDone() > ROWS_AHEAD) {
          progress.await(bar);
        }
        Evolution evolution = source.evolution();
        if (evolution != null && writer.rows() == evolution.row(rows)) {
          while (platform.liveModels().isEmpty()) {
            progress.await(bar);
          }
          evolve(platform, evolution);
          writer.useSchema(source.file().fit(evolution.after()));
        }
        writer.write(row);
        if (writer.rows() % SHOW_ROWS == 0) {
          progress.show(bar);
        }
      }
      writer.end();
      events = writer.events();
      rejections = writer.rejections();
      while (progress.rowsDone() + rejections.total() < writer.rows() || !progress.ended()) {
        progress.await(bar);
      }
      bar.stepTo(rows);
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    return report(platform, progress, before, events, rows, rejections, seconds);
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
    boolean terminal = System.console() != null;
    return new ProgressBarBuilder()
        .setTaskName("replay " + model.config().name())
        .setInitialMax(rows)
        .setUpdateIntervalMillis(terminal ? 500 : 10_000)
        .setStyle(ProgressBarStyle.ASCII)
        .showSpeed()
        .setConsumer(
            terminal
                ? new ConsoleProgressBarConsumer(System.err, 110)
                : new DelegatingProgressBarConsumer(System.err::println, 110))
        .build();
  }

  private ReplayReport report(
      Platform platform,
      Progress progress,
      long before,
      long events,
      long rows,
      Rejections rejections,
      double seconds) {
    ProgressiveFigures figures =
        progress.figures().map(LearnerFigures::progressive).orElse(ProgressiveFigures.NONE);
    Metrics whole = figures.total();
    Freshness.Summary freshness = platform.freshness(model.config().name());
    ReplayReport report =
        new ReplayReport(
            String.valueOf(source.file().file().getFileName()),
            source.file().formatName(),
            model.config().name(),
            whole,
            Objects.requireNonNullElse(figures.segment(1), Metrics.NONE),
            (whole.examples() - before) / seconds,
            events / seconds,
            seconds,
            freshness.p50Millis(),
            freshness.p99Millis(),
            rejections.total() + progress.rejectedImpressions(),
            rows,
            reasons(platform, rejections, progress.rejectedImpressions()),
            progress.version(),
            ProcessMemory.peakBytes());
    out.print(report.table());
    return report;
  }

  /** Of rows by what the reader said; of events behind them by what the jobs said. */
  private static List<RejectedReason> reasons(
      Platform platform, Rejections rows, long rejectedByJobs) {
    List<RejectedReason> reasons = new ArrayList<>();
    for (Rejections.Group group : rows.groups()) {
      reasons.add(
          new RejectedReason(
              group.reason(),
              group.count(),
              group.examples().stream().map(Rejections.Example::words).toList()));
    }
    if (rejectedByJobs > 0) {
      RejectedReason.Counts counts = new RejectedReason.Counts();
      RejectedEvents.read(
          platform.client(),
          platform.topics(),
          platform.registry(),
          kept -> {
            // Rows that became no event are counted above.
            if (kept.event().getPartition() >= 0) {
              counts.add(kept.event().getReason(), kept.event().getDetail());
            }
          });
      reasons.addAll(counts.list());
    }
    return reasons;
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
