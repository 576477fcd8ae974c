package io.millrace.study;

import java.util.List;
import java.util.Locale;

/**
 * What came of one training.
 *
 * @param scheme its name
 * @param budget share of a collisionless table's bytes
 * @param seed of weights and order
 * @param servedBytes that a server holds of rows and tensors; 0 if the scheme does not fit
 * @param learnerBytes that a learner holds, its optimizers' slots included
 * @param auc on the test part; NaN if there was no training
 * @param logloss likewise
 * @param learnedPerSecond tokens that were learned from
 * @param readPerSecond tokens whose vectors were composed, as a server does
 * @param settings of the embedding as JSON, or why there are none
 */
public record StudyRun(
    String scheme,
    double budget,
    long seed,
    long servedBytes,
    long learnerBytes,
    double auc,
    double logloss,
    double learnedPerSecond,
    double readPerSecond,
    String settings) {
  static final String HEADER =
      "scheme,budget,seed,served bytes,learner bytes,AUC,log loss,tokens learned/s,tokens read/s,settings";

  private static final int COLUMNS = 10;

  /** Whether there was a training. */
  public boolean fits() {
    return servedBytes > 0;
  }

  /** Scheme, budget and seed, which a study has once. */
  String key() {
    return scheme + "," + budget + "," + seed;
  }

  String line() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%d,%d,%d,%.6f,%.6f,%.0f,%.0f,\"%s\"",
        scheme,
        budget,
        seed,
        servedBytes,
        learnerBytes,
        auc,
        logloss,
        learnedPerSecond,
        readPerSecond,
        settings.replace("\"", "\"\""));
  }

  /**
   * Reads {@link #line}.
   *
   * @throws IllegalArgumentException if it is no such line
   */
  static StudyRun parse(String line) {
    List<String> cells = List.of(line.split(",", COLUMNS));
    if (cells.size() != COLUMNS) {
      throw new IllegalArgumentException(
          "\"%s\": %d columns, expected %d".formatted(line, cells.size(), COLUMNS));
    }
    String quoted = cells.get(9);
    return new StudyRun(
        cells.get(0),
        Double.parseDouble(cells.get(1)),
        Long.parseLong(cells.get(2)),
        Long.parseLong(cells.get(3)),
        Long.parseLong(cells.get(4)),
        Double.parseDouble(cells.get(5)),
        Double.parseDouble(cells.get(6)),
        Double.parseDouble(cells.get(7)),
        Double.parseDouble(cells.get(8)),
        quoted.substring(1, quoted.length() - 1).replace("\"\"", "\""));
  }
}
