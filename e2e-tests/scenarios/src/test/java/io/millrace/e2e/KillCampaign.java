package io.millrace.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.event.Example;
import io.millrace.event.RejectedEvent;
import io.millrace.parameters.ModelSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Kills a replay with SIGKILL at random moments, starts it again on the same data directory each
 * time, and checks by brute force what it has left in the end: every usable row once in the model,
 * nothing lost, nothing learned twice, and the model equal to the last bit to one learned in one
 * go.
 */
final class KillCampaign {
  private static final double DURING_START_UP = 0.25;
  private static final int START_UP_MILLIS = 8_000;
  private static final int AFTER_PROGRESS_MILLIS = 500;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private KillCampaign() {}

  /**
   * What was found.
   *
   * @param kills processes killed while they ran
   * @param rows usable rows of the file, by brute force
   * @param positives of them with label 1
   * @param unusable rows that no replay can use
   * @param reported examples in the last run's report
   * @param reportedPositives in the last run's report
   * @param examples records in the topic {@code examples}
   * @param lost usable rows that are not among the examples
   * @param mislabeled examples with another label than their row
   * @param learned count of the published model
   * @param rejected unusable rows in {@code rejected}, distinct
   * @param rejectedTwice records there beyond the first of a row
   * @param difference between the published model and one learned in one go, empty if none
   */
  record Result(
      int kills,
      long rows,
      long positives,
      long unusable,
      long reported,
      long reportedPositives,
      long examples,
      long lost,
      long mislabeled,
      long learned,
      long rejected,
      long rejectedTwice,
      String difference) {}

  /**
   * Runs a campaign.
   *
   * @param folder for the file, the data and the report
   * @param kills how often to kill
   * @param more options of the replay
   */
  static Result run(Path folder, String model, int rows, int kills, long seed, String... more)
      throws IOException, InterruptedException {
    Path file = SyntheticRatings.write(folder.resolve("ratings.csv"), rows, seed);
    Path data = folder.resolve("data");
    Path report = folder.resolve("report.json");
    SplittableRandom random = new SplittableRandom(seed);
    List<String> words = new ArrayList<>();
    words.addAll(List.of("replay", "--format", "movielens-stream", "--model", model));
    words.addAll(List.of("--data-dir", data.toString(), "--report", report.toString()));
    words.addAll(List.of(more));
    words.add(file.toString());
    String[] command = words.toArray(String[]::new);
    int killed = 0;
    for (int k = 0; k < kills && !Files.exists(report); k++) {
      try (MillraceProcess replay = MillraceProcess.start(folder, command)) {
        boolean startUp = random.nextDouble() < DURING_START_UP;
        // by what is done, not by the clock: a fast machine would be done before it is killed
        int percent = startUp ? 0 : (int) (100 * (k + random.nextDouble()) / kills);
        if (!startUp) {
          replay.awaitProgress(percent, LIMIT);
        }
        int millis = random.nextInt(startUp ? START_UP_MILLIS : AFTER_PROGRESS_MILLIS);
        if (!replay.awaitExit(Duration.ofMillis(millis))) {
          replay.kill();
          killed++;
          System.out.printf(
              "kill %d, %d ms after %s: %s%n",
              killed, millis, startUp ? "start" : percent + " %", replay.lastLine());
        } else if (replay.exitStatus() != 0) {
          throw new IllegalStateException("a run did not end well: " + replay.output());
        }
      }
    }
    try (MillraceProcess replay = MillraceProcess.start(folder, command)) {
      if (!replay.awaitExit(LIMIT) || replay.exitStatus() != 0) {
        throw new IllegalStateException("the last run did not end well: " + replay.output());
      }
    }
    return check(folder, file, data, report, model, killed);
  }

  private static Result check(
      Path folder, Path file, Path data, Path report, String model, int kills)
      throws IOException, InterruptedException {
    JsonNode reported = new ObjectMapper().readTree(report.toFile());
    List<Integer> labels = labels(file);
    try (ReplayedData left = new ReplayedData(data)) {
      LearnedLog log = left.learned();
      List<Example> examples = log.examples();
      Map<String, Example> distinct = LearnedLog.distinct(examples);
      long lost = 0;
      long mislabeled = 0;
      long positives = 0;
      long usable = 0;
      for (int row = 0; row < labels.size(); row++) {
        int label = labels.get(row);
        if (label < 0) {
          continue;
        }
        usable++;
        positives += label;
        Example example = distinct.get("r" + row);
        if (example == null) {
          lost++;
        } else if (example.getLabel() != label) {
          mislabeled++;
        }
      }
      List<RejectedEvent> rejected = left.rejected();
      Set<Long> rejectedLines = new HashSet<>();
      rejected.forEach(event -> rejectedLines.add(event.getOffset()));
      ModelSnapshot published = log.published(model, folder.resolve("view"));
      return new Result(
          kills,
          usable,
          positives,
          labels.size() - usable,
          reported.get("examples").asLong(),
          reported.get("positives").asLong(),
          examples.size(),
          lost,
          mislabeled,
          log.learned(model),
          rejectedLines.size(),
          rejected.size() - rejectedLines.size(),
          log.difference(published));
    }
  }

  /** The label of each row, -1 if it has none. */
  private static List<Integer> labels(Path file) throws IOException {
    List<Integer> labels = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.subList(1, lines.size())) {
      labels.add(line.charAt(0) == '?' ? -1 : line.charAt(0) - '0');
    }
    return labels;
  }
}
