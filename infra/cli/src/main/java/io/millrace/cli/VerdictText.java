package io.millrace.cli;

import io.millrace.feature.FeatureChange;
import io.millrace.feature.SchemaVerdict;
import java.io.PrintStream;
import java.util.List;

/** A verdict as lines that a person reads. */
final class VerdictText {
  private VerdictText() {}

  static void print(SchemaVerdict verdict, PrintStream out) {
    List<FeatureChange> changes = verdict.changes();
    int width = changes.stream().mapToInt(c -> c.feature().length()).max().orElse(1);
    for (FeatureChange change : changes) {
      out.printf(
          "%-12s  %-" + width + "s  %s%n",
          change.compatible() ? "compatible" : "INCOMPATIBLE",
          change.feature(),
          change.reason());
    }
    verdict.unreadable().forEach(reason -> out.println("INCOMPATIBLE  " + reason));
    if (changes.isEmpty() && verdict.unreadable().isEmpty()) {
      out.println("No feature has changed.");
    }
  }

  static int exitStatus(boolean fine) {
    return fine ? 0 : SchemaCommand.REFUSED;
  }
}
