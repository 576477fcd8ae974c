package io.millrace.offline;

import io.millrace.feature.NearestName;
import io.millrace.file.Column;
import io.millrace.file.FileOptions;
import io.millrace.file.FileOptions.Option;
import io.millrace.file.FilePlan;
import io.millrace.file.Row;
import io.millrace.file.RowReader;
import io.millrace.inference.offpolicy.LoggedRounds;
import io.millrace.standalone.UserError;
import it.unimi.dsi.fastutil.doubles.DoubleArrayList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of logged decisions, a row each, as the rounds of an off-policy estimate.
 *
 * @param rounds those of usable rows
 * @param problems the first rows that cannot be used, in words
 * @param rejected how many there are
 */
public record LoggedTable(LoggedRounds rounds, List<String> problems, long rejected) {
  private static final int SHOWN = 5;
  private static final Set<String> YES = Set.of("true", "yes");
  private static final Set<String> NO = Set.of("false", "no");

  /**
   * Which columns mean what.
   *
   * @param reward what came of the action: a number, or yes and no
   * @param propensity the probability with which it was taken, above 0
   * @param target the probability with which the target policy takes it; null with {@code actions}
   * @param actions how many actions a target chooses among at random; empty with {@code target}
   * @param predicted a reward model's prediction of the action, or null
   * @param predictedOfTarget its mean over the target's actions, or null
   */
  public record Columns(
      String reward,
      String propensity,
      @Nullable String target,
      OptionalInt actions,
      @Nullable String predicted,
      @Nullable String predictedOfTarget) {
    public Columns {
      if ((target == null) == actions.isEmpty()) {
        throw new UserError(
            "--target, --actions: %s, expected one of them: the column of the target policy's probability, or how many actions it chooses among at random"
                .formatted(target == null ? "neither" : "both"));
      }
      if (actions.isPresent() && actions.getAsInt() < 1) {
        throw new UserError("--actions: " + actions.getAsInt() + ", expected 1 or more");
      }
      if ((predicted == null) != (predictedOfTarget == null)) {
        throw new UserError(
            "--predicted, --predicted-of-target: one of them, expected both or neither");
      }
    }
  }

  /** A value's column, and what it may be. */
  private record Part(Column column, int at, double least, double most) {

    double value(@Nullable String text) {
      if (text != null) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        if (YES.contains(word) || NO.contains(word)) {
          return YES.contains(word) ? 1 : 0;
        }
      }
      double value = text == null ? Double.NaN : column.spelling().numbers().toDouble(text);
      return value >= least && value <= most ? value : Double.NaN;
    }

    String problem(long line, @Nullable String text) {
      String expected =
          most == Double.MAX_VALUE
              ? "a number"
              : least > 0 ? "a number above 0, at most 1" : "a number from 0 to 1";
      return "line %d: %s: %s, expected %s"
          .formatted(line, column.name(), text == null ? "nothing" : "'" + text + "'", expected);
    }
  }

  /**
   * Reads a table.
   *
   * @throws UserError if a column is not there, or no row can be used
   */
  public static LoggedTable read(Path file, Columns columns) throws IOException {
    FilePlan plan = FilePlan.of(file, FileOptions.NONE.with(Option.LABEL, "none"));
    Map<String, Part> parts = new LinkedHashMap<>();
    put(parts, plan, "--reward", columns.reward(), -Double.MAX_VALUE, Double.MAX_VALUE);
    put(parts, plan, "--propensity", columns.propensity(), Double.MIN_VALUE, 1);
    put(parts, plan, "--target", columns.target(), 0, 1);
    put(parts, plan, "--predicted", columns.predicted(), -Double.MAX_VALUE, Double.MAX_VALUE);
    put(
        parts,
        plan,
        "--predicted-of-target",
        columns.predictedOfTarget(),
        -Double.MAX_VALUE,
        Double.MAX_VALUE);
    Map<String, DoubleArrayList> values = new LinkedHashMap<>();
    parts.keySet().forEach(option -> values.put(option, new DoubleArrayList()));
    List<String> problems = new ArrayList<>();
    long rejected = 0;
    try (RowReader rows = plan.open()) {
      for (Row row = rows.next(); row != null; row = rows.next()) {
        String problem = add(row, parts, values);
        if (problem != null) {
          rejected++;
          if (problems.size() < SHOWN) {
            problems.add(problem);
          }
        }
      }
    }
    double[] rewards = array(values, "--reward");
    if (rewards.length == 0) {
      throw new UserError(
          "%s: none of %d rows can be used%s"
              .formatted(file, rejected, problems.isEmpty() ? "" : ": " + problems.get(0)));
    }
    double[] target = array(values, "--target");
    if (columns.actions().isPresent()) {
      target = new double[rewards.length];
      Arrays.fill(target, 1.0 / columns.actions().getAsInt());
    }
    return new LoggedTable(
        new LoggedRounds(
            rewards,
            array(values, "--propensity"),
            target,
            array(values, "--predicted"),
            array(values, "--predicted-of-target")),
        List.copyOf(problems),
        rejected);
  }

  private static double[] array(Map<String, DoubleArrayList> values, String option) {
    DoubleArrayList all = values.get(option);
    return all == null ? new double[0] : all.toDoubleArray();
  }

  private static void put(
      Map<String, Part> parts,
      FilePlan plan,
      String option,
      @Nullable String column,
      double least,
      double most) {
    if (column == null) {
      return;
    }
    int at = plan.indexOf(column);
    if (at < 0) {
      throw new UserError(
          "%s: %s, expected a column of %s%s"
              .formatted(option, column, plan.file(), NearestName.hint(column, plan.names())));
    }
    parts.put(option, new Part(plan.columns().get(at), at, least, most));
  }

  /** Adds a row's values, or says why it cannot be used. */
  private static @Nullable String add(
      Row row, Map<String, Part> parts, Map<String, DoubleArrayList> values) {
    if (row.problem() != null) {
      return "line %d: %s".formatted(row.line(), row.problem());
    }
    double[] found = new double[parts.size()];
    int n = 0;
    for (Part part : parts.values()) {
      String text = row.values()[part.at()];
      found[n] = part.value(text);
      if (Double.isNaN(found[n++])) {
        return part.problem(row.line(), text);
      }
    }
    n = 0;
    for (DoubleArrayList list : values.values()) {
      list.add(found[n++]);
    }
    return null;
  }
}
