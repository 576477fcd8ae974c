package io.millrace.study;

import java.util.List;
import java.util.Locale;

/** A study as a table for people. */
public final class StudyReport {
  private StudyReport() {}

  /** A line for each scheme and budget: mean and spread over the seeds. */
  public static String table(List<StudyRun> runs) {
    StringBuilder table = new StringBuilder();
    String form = "%-8s %7s %5s  %-19s %-19s %12s %13s %11s %11s%n";
    table.append(
        String.format(
            Locale.ROOT,
            form,
            "scheme",
            "budget",
            "seeds",
            "AUC",
            "log loss",
            "served bytes",
            "learner bytes",
            "learned/s",
            "read/s"));
    for (StudyCell cell : StudyCell.of(runs)) {
      if (!cell.fits()) {
        table.append(
            String.format(
                Locale.ROOT,
                "%-8s %7s %5s  %s%n",
                cell.scheme(),
                cell.budget(),
                cell.runs().size(),
                cell.runs().get(0).settings()));
        continue;
      }
      table.append(
          String.format(
              Locale.ROOT,
              form,
              cell.scheme(),
              cell.budget(),
              cell.runs().size(),
              cell.text(StudyRun::auc),
              cell.text(StudyRun::logloss),
              count(cell.mean(StudyRun::servedBytes)),
              count(cell.mean(StudyRun::learnerBytes)),
              count(cell.mean(StudyRun::learnedPerSecond)),
              count(cell.mean(StudyRun::readPerSecond))));
    }
    return table.toString();
  }

  private static String count(double value) {
    return String.format(Locale.ROOT, "%,.0f", value);
  }
}
