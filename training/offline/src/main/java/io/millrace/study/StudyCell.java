package io.millrace.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The runs of one scheme at one budget.
 *
 * @param runs one for each seed
 */
record StudyCell(String scheme, double budget, List<StudyRun> runs) {

  /** Groups runs: schemes in the order in which they are known, budgets from the largest on. */
  static List<StudyCell> of(List<StudyRun> runs) {
    List<StudyCell> cells = new ArrayList<>();
    for (StudyRun run : runs) {
      StudyCell cell =
          cells.stream()
              .filter(c -> c.scheme.equals(run.scheme()) && c.budget == run.budget())
              .findFirst()
              .orElse(null);
      if (cell == null) {
        cell = new StudyCell(run.scheme(), run.budget(), new ArrayList<>());
        cells.add(cell);
      }
      cell.runs.add(run);
    }
    cells.sort(
        Comparator.comparingInt((StudyCell c) -> SchemeFit.SCHEMES.indexOf(c.scheme))
            .thenComparing(c -> -c.budget));
    return cells;
  }

  boolean fits() {
    return runs.get(0).fits();
  }

  double mean(ToDoubleFunction<StudyRun> figure) {
    return runs.stream().mapToDouble(figure).average().orElse(Double.NaN);
  }

  /** The sample's standard deviation; NaN of a single run. */
  double spread(ToDoubleFunction<StudyRun> figure) {
    double mean = mean(figure);
    double squares =
        runs.stream().mapToDouble(r -> Math.pow(figure.applyAsDouble(r) - mean, 2)).sum();
    return runs.size() < 2 ? Double.NaN : Math.sqrt(squares / (runs.size() - 1));
  }

  /** Mean ± spread, or the mean alone. */
  String text(ToDoubleFunction<StudyRun> figure) {
    double spread = spread(figure);
    return Double.isNaN(spread)
        ? String.format(Locale.ROOT, "%.5f", mean(figure))
        : String.format(Locale.ROOT, "%.5f ± %.5f", mean(figure), spread);
  }
}
